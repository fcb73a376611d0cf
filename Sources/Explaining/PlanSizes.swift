package import Transformation

/// How large the picture is after every step of a plan, by arithmetic alone: nothing is rendered.
package struct PlanSizes: Equatable, Sendable {
    package struct Line: Equatable, Sendable {
        package enum What: Equatable, Sendable {
            case step
            /// An `if` block, and whether its condition is true.
            case condition(Bool)
        }

        package var what: What
        /// The step's, or the condition's.
        package var canonical: String
        /// What the picture is scaled to; `nil` where nothing is scaled.
        package var scaled: Size?
        /// The window that is cut out of it.
        package var crop: Rectangle?
        /// Whether the window is moved to what draws the eye.
        package var followsAttention = false
        /// The picture after the step.
        package var size: Size?
    }

    package private(set) var lines: [Line] = []
    /// Of the variant; `nil` where only rendering tells.
    package private(set) var output: Size?
    /// Why sizes are not known from the last line on.
    package private(set) var unknownBecause: String?
    /// Why it would be refused for its sizes.
    package private(set) var fault: TransformationError?

    /// - Parameters:
    ///   - source: the original's, upright.
    ///   - skippingConditions: as `StageQueue` has it.
    package init(_ plan: Plan, of source: Size, limits: OutputLimits, skippingConditions: Bool = false) {
        var current = source
        var waiting = Array(plan.stages.reversed())
        while let stage = waiting.popLast() {
            switch stage {
            case .conditional where skippingConditions: continue
            case .conditional(let block):
                let holds = block.condition.holds(in: ExpressionContext(source: source, current: current))
                lines.append(
                    Line(what: .condition(holds), canonical: "if-" + block.condition.canonical, size: current))
                waiting += (holds ? block.consequence : block.alternative).stages.reversed()
            case .step(let step):
                var line = Line(what: .step, canonical: step.canonical)
                do throws(TransformationError) {
                    line.size = try Self.size(after: step, current: current, source: source, limits, &line)
                    unknownBecause = line.size == nil ? step.unknownSize : nil
                } catch {
                    (fault, unknownBecause) = (fault ?? error, error.description)
                }
                lines.append(line)
                guard let size = line.size else { return }
                do { try limits.check(size) } catch { fault = fault ?? error }
                current = size
            }
        }
        output = current
    }

    /// `nil` where only rendering tells.
    private static func size(
        after step: Step, current: Size, source: Size, _ limits: OutputLimits, _ line: inout Line
    ) throws(TransformationError) -> Size? {
        guard step.trim == nil else { return nil }
        let geometry = try step.resize?.geometry(current: current, source: source, limits: limits)
        if let geometry {
            line.scaled = geometry.scaled
            line.crop = geometry.crop
            line.followsAttention = geometry.followsAttention
        }
        var size = geometry?.output ?? current
        let effects = try step.effectGeometry(
            on: size, in: ExpressionContext(source: source, current: current), limits: limits)
        if let distortion = effects.distortion { size = distortion.canvas }
        size.width += 2 * effects.border
        size.height += 2 * effects.border
        guard let rotation = step.rotation else { return size }
        guard let degrees = rotation.whole, degrees % 90 == 0 else { return nil }
        return degrees % 180 == 0 ? size : Size(width: size.height, height: size.width)
    }
}

extension Step {
    fileprivate var unknownSize: String {
        trim == nil
            ? "a rotation by other than quarter turns is known only when rendered"
            : "what trimming leaves is known only when rendered"
    }
}

extension Size {
    fileprivate var inWords: String { "\(width)x\(height)" }

    package var fact: Fact {
        .described(
            inWords, .fields(Fact.Field("width", .number(width)), Fact.Field("height", .number(height))))
    }
}

extension PlanSizes {
    package var fact: Fact {
        .fields(
            Fact.Field("steps", .list(lines.map(\.fact))), Fact.Field("output", output?.fact ?? .unknown),
            Fact.Field("unknownBecause", ifKnown: unknownBecause))
    }
}

extension PlanSizes.Line {
    fileprivate var fact: Fact {
        let window = crop.map { crop in
            Fact.described(
                "\(crop.size.inWords) at \(crop.x),\(crop.y)"
                    + (followsAttention ? ", moved to what draws the eye" : ""),
                .fields(
                    Fact.Field("x", .number(crop.x)), Fact.Field("y", .number(crop.y)),
                    Fact.Field("width", .number(crop.size.width)), Fact.Field("height", .number(crop.size.height)),
                    Fact.Field("followsAttention", .flag(followsAttention))))
        }
        let isTrue: Fact? = if case .condition(let holds) = what { .flag(holds) } else { nil }
        return .fields(
            Fact.Field(isTrue == nil ? "step" : "condition", .text(canonical)),
            Fact.Field("isTrue", ifKnown: isTrue),
            Fact.Field("scaledTo", ifKnown: scaled?.fact), Fact.Field("window", ifKnown: window),
            Fact.Field("size", size?.fact ?? .unknown))
    }
}
