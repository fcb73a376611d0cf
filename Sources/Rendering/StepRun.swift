import RenderJobs
import Transformation
import Vips

/// Carries out the steps of a plan, in their order, on every frame that is kept.
struct StepRun: ~Escapable {
    private let source: Source
    private let limits: RenderJob.Limits
    private let limit: TimeLimit

    @_lifetime(copy source)
    init(source: Source, limits: RenderJob.Limits, limit: TimeLimit) {
        self.source = source
        self.limits = limits
        self.limit = limit
    }

    /// What is left of a plan to do on one frame.
    private struct Rest {
        var step: Step?
        /// Of `step`.
        var geometry: StepGeometry?
        /// As `step` finds the picture.
        var size = Size(width: 1, height: 1)
        var queue: StageQueue
        /// Steps that were done before `step`.
        var index = 0
    }

    /// The picture, or the frames as one animation, in sRGB, and its output as the branches of conditions leave it. Its
    /// pixels are not made yet.
    func carryOut(_ plan: Plan, allFrames: Bool) throws(RenderFailure) -> (Image, Output) {
        var rest = Rest(queue: StageQueue(plan, skippingConditions: source.format == .gif))
        try advance(&rest, to: source.size)
        var decoded = try Decoder(source: source, limit: limit).decode(
            towards: rest.geometry?.scaled, allFrames: allFrames)
        var findings = Findings()
        guard allFrames, decoded.frameCount > 1 else {
            let (image, end) = try carryOut(rest, on: decoded, finding: &findings)
            return (image, end.queue.output)
        }
        if plan.stages.contains(where: \.trims) {
            // Every frame is looked at before the first is made.
            decoded = try vips { () throws(VipsError) in try decoded.inMemory() }
            try findBoxes(rest, in: decoded, finding: &findings)
        }
        var frames: [Image] = []
        var output = plan.output
        for index in 0..<decoded.frameCount {
            let frame = try vips { () throws(VipsError) in try decoded.frame(index) }
            let (finished, end) = try carryOut(rest, on: frame, finding: &findings)
            try checkPixels(of: finished, times: decoded.frameCount)
            output = end.queue.output
            // Made one after the other: the loader hands out lines in their order, and the pipelines of many frames open at
            // once cost more than their pixels.
            frames.append(try vips { () throws(VipsError) in try finished.inMemory() })
        }
        return (try vips { () throws(VipsError) in try Image.animation(of: frames) }, output)
    }

    /// The frames of an animation are all in memory before it is encoded, so the limit is for all of them together.
    private func checkPixels(of frame: Image, times frames: Int) throws(RenderFailure) {
        let pixels = Size(width: frame.width, height: frame.totalHeight).pixels
        guard pixels <= limits.outputPixels / frames else {
            throw RenderFailure(TransformationError.limitExceeded(.outputPixels, maximum: limits.outputPixels))
        }
    }

    /// - Parameter stopsBeforeTrim: whether to return at a step that trims by a box that is not known yet.
    private func carryOut(
        _ beginning: Rest, on frame: Image, finding findings: inout Findings, stopsBeforeTrim: Bool = false
    ) throws(RenderFailure) -> (Image, Rest) {
        var rest = beginning
        // Sizes and crops of the first step come before the conversion to sRGB, which then has fewer pixels to do.
        var image = frame
        if let geometry = rest.geometry {
            image = try vips { () throws(VipsError) in
                try frame.scaledAndCropped(geometry, finding: &findings.windows[0])
            }
        }
        image = try vips { () throws(VipsError) in try image.inSRGB() }
        while let step = rest.step {
            if let threshold = step.trim {
                if stopsBeforeTrim, findings.boxes[rest.index] == nil { return (image, rest) }
                image = try vips { () throws(VipsError) in
                    try image.inMemory().trimmed(by: threshold, finding: &findings.boxes[rest.index])
                }
                rest.size = Size(width: image.width, height: image.totalHeight)
                rest.geometry = try geometry(of: step, on: rest.size)
            }
            let effects = try effectGeometry(of: step, rest)
            image = try vips { () throws(VipsError) in
                try carryOut(step, rest, effects, on: image, finding: &findings)
            }
            try checkSize(image)
            rest.index += 1
            try advance(&rest, to: Size(width: image.width, height: image.totalHeight))
        }
        return (image, rest)
    }

    private func carryOut(
        _ step: Step, _ rest: Rest, _ effects: EffectGeometry, on input: Image, finding findings: inout Findings
    ) throws(VipsError) -> Image {
        var image = input
        if rest.index > 0 || step.trim != nil, let geometry = rest.geometry {
            image = try image.scaledAndCropped(geometry, finding: &findings.windows[rest.index])
        }
        if let canvas = rest.geometry?.canvas {
            if let fill = step.computedBackground {
                image = try image.laid(on: canvas, fill, finding: &findings.borders[rest.index], limit: limit)
            } else {
                image = try image.laid(on: canvas, step.background)
            }
        }
        return try image.applying(
            step, effects, finding: &findings.colours[rest.index, default: Findings.Colours()], limit: limit)
    }

    /// Takes the next step; conditions and sizes count from `size`, which the steps before have left.
    private func advance(_ rest: inout Rest, to size: Size) throws(RenderFailure) {
        rest.step = rest.queue.next(current: size, source: source.size)
        rest.size = size
        // What trimming leaves to be resized is not known yet.
        rest.geometry = rest.step?.trim == nil ? try geometry(of: rest.step, on: size) : nil
    }

    private func geometry(of step: Step?, on size: Size) throws(RenderFailure) -> StepGeometry? {
        do {
            return try step?.resize?.geometry(
                current: size, source: source.size, limits: OutputLimits(pixels: limits.outputPixels))
        } catch {
            throw RenderFailure(error)
        }
    }

    private func effectGeometry(of step: Step, _ rest: Rest) throws(RenderFailure) -> EffectGeometry {
        do {
            return try step.effectGeometry(
                on: rest.geometry?.output ?? rest.size,
                in: ExpressionContext(source: source.size, current: rest.size),
                limits: OutputLimits(pixels: limits.outputPixels))
        } catch {
            throw RenderFailure(error)
        }
    }

    // MARK: Trimming animations

    /// What each trimming step leaves of an animation: one box that holds what any frame shows, so that frames stay of
    /// one size. `frames` are in memory.
    private func findBoxes(_ beginning: Rest, in frames: Image, finding findings: inout Findings) throws(RenderFailure)
    {
        while true {
            var (content, before) = (ContentBox(), nil as Rest?)
            for index in 0..<frames.frameCount {
                let frame = try vips { () throws(VipsError) in try frames.frame(index) }
                let (image, rest) = try carryOut(beginning, on: frame, finding: &findings, stopsBeforeTrim: true)
                guard let threshold = rest.step?.trim else { return }
                try vips { () throws(VipsError) in try content.add(image.inMemory(), threshold: threshold) }
                before = rest
            }
            guard let before else { return }
            let whole = Rectangle(x: 0, y: 0, width: before.size.width, height: before.size.height)
            findings.boxes[before.index] = content.box ?? whole
        }
    }

    /// What turning can make of a picture is only known afterwards.
    private func checkSize(_ image: Image) throws(RenderFailure) {
        do {
            try OutputLimits(pixels: limits.outputPixels)
                .check(Size(width: image.width, height: image.totalHeight))
        } catch {
            throw RenderFailure(error)
        }
    }

    private func vips<Result>(_ body: () throws(VipsError) -> Result) throws(RenderFailure) -> Result {
        do { return try body() } catch {
            if limit.hasPassed { throw .outOfTime }
            // Some operations read pixels at once: where they fail, it is the original's doing.
            throw .damaged(log: "\(error)")
        }
    }
}

extension RenderFailure {
    /// What the plan asks for cannot be had of this original.
    init(_ error: TransformationError) {
        if case .limitExceeded(let limit, let maximum) = error {
            self = .outputLimit(limit.rawValue, maximum: maximum)
        } else {
            self = .transformation(message: "\(error)")
        }
    }
}
