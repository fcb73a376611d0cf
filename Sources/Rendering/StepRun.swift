import RenderJobs
import Transformation
import Vips

/// Carries out the steps of a plan, in their order, on one picture: the original, a frame of it, or a layer.
struct StepRun {
    /// Of the untouched picture, upright: what `iw` and `ih` mean.
    let sourceSize: Size
    /// Of what the picture is laid on, if it is a layer: what `bw` and `bh` mean.
    let baseSize: Size?
    let painter: LayerPainter
    let limits: RenderJob.Limits
    let limit: TimeLimit

    /// What is left of a plan to do on one frame.
    struct Rest {
        var step: Step?
        /// Of `step`; nil as long as it is not known what trimming leaves.
        var geometry: StepGeometry?
        /// As `step` finds the picture.
        var size = Size(width: 1, height: 1)
        var queue: StageQueue
        /// Pixels stay in the colours of the original's profile.
        var keepsOwnColours = false
        /// One of several: what was found in the first holds for the others.
        var isFrame = false
        /// Steps that were done before `step`.
        var index = 0
    }

    /// The picture, or the frames as one animation, in sRGB or as `worksInOwnColours` says, and its output as the
    /// branches of conditions leave it. Its pixels are not made yet.
    func carryOut(
        _ plan: Plan, from decoder: Decoder, allFrames: Bool
    ) throws(RenderFailure) -> (Image, Output) {
        var rest = try beginning(of: plan, skippingConditions: decoder.source.format == .gif)
        rest.keepsOwnColours = plan.worksInOwnColours(of: decoder.source)
        if decoder.source.format.isVector, let picture = try enlarged(&rest, from: decoder) {
            var findings = Findings()
            let (image, end) = try carryOut(rest, on: picture, finding: &findings)
            return (image, end.queue.output)
        }
        let decoded = try decoder.decode(towards: rest.geometry?.scaled, allFrames: allFrames)
        if allFrames, decoded.frameCount > 1 {
            return try carryOut(rest, onFramesOf: decoded, trims: plan.stages.contains(where: \.mayTrim))
        }
        var findings = Findings()
        let (image, end) = try carryOut(rest, on: decoded, finding: &findings)
        return (image, end.queue.output)
    }

    /// As above, on a picture that was not decoded.
    func carryOut(_ plan: Plan, on picture: Image) throws(RenderFailure) -> Image {
        var findings = Findings()
        return try carryOut(try beginning(of: plan), on: picture, finding: &findings).0
    }

    private func beginning(of plan: Plan, skippingConditions: Bool = false) throws(RenderFailure) -> Rest {
        var rest = Rest(queue: StageQueue(plan, skippingConditions: skippingConditions))
        try advance(&rest, to: sourceSize)
        return rest
    }

    /// - Parameter stopsBeforeTrim: whether to return at a step that trims by a box that is not known yet.
    func carryOut(
        _ beginning: Rest, on frame: Image, finding findings: inout Findings, stopsBeforeTrim: Bool = false
    ) throws(RenderFailure) -> (Image, Rest) {
        var rest = beginning
        // Sizes and crops of the first step come before the conversion to sRGB, which then has fewer pixels to do.
        var image = frame
        if rest.step?.trim == nil, let geometry = rest.geometry {
            image = try vips { () throws(VipsError) in
                try frame.scaledAndCropped(geometry, finding: &findings.windows[0])
            }
        }
        image = try vips { () throws(VipsError) in
            rest.keepsOwnColours ? try image.inOwnColours() : try image.inSRGB()
        }
        while let step = rest.step {
            if let threshold = step.trim {
                if stopsBeforeTrim, findings.boxes[rest.index] == nil { return (image, rest) }
                image = try vips { () throws(VipsError) in
                    try image.inMemory().trimmed(by: threshold, finding: &findings.boxes[rest.index])
                }
                if rest.geometry == nil {
                    rest.size = image.size
                    rest.geometry = try geometry(of: step, on: rest.size)
                }
            }
            let effects = try effectGeometry(of: step, rest)
            image = try vips { () throws(VipsError) in
                try carryOut(step, rest, effects, on: image, finding: &findings)
            }
            try checkSize(image)
            if !step.layers.isEmpty {
                image =
                    rest.isFrame
                    ? try painter.lay(step.layers, onFrame: image, finding: &findings.layers[rest.index])
                    : try painter.lay(step.layers, on: image)
            }
            rest.index += 1
            try advance(&rest, to: image.size)
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
        rest.step = rest.queue.next(current: size, source: sourceSize)
        rest.size = size
        // What trimming leaves to be resized is not known yet.
        rest.geometry = rest.step?.trim == nil ? try geometry(of: rest.step, on: size) : nil
    }

    func geometry(of step: Step?, on size: Size) throws(RenderFailure) -> StepGeometry? {
        try planned { () throws(TransformationError) in
            try step?.resize?.geometry(
                current: size, source: sourceSize, base: baseSize, limits: OutputLimits(pixels: limits.outputPixels))
        }
    }

    private func effectGeometry(of step: Step, _ rest: Rest) throws(RenderFailure) -> EffectGeometry {
        try planned { () throws(TransformationError) in
            try step.effectGeometry(
                on: rest.geometry?.output ?? rest.size,
                in: ExpressionContext(source: sourceSize, current: rest.size, base: baseSize),
                limits: OutputLimits(pixels: limits.outputPixels))
        }
    }

    /// What turning can make of a picture is only known afterwards.
    private func checkSize(_ image: Image) throws(RenderFailure) {
        try planned { () throws(TransformationError) in
            try OutputLimits(pixels: limits.outputPixels).check(image.size)
        }
    }

    func vips<Result>(_ body: () throws(VipsError) -> Result) throws(RenderFailure) -> Result {
        do { return try body() } catch {
            if limit.hasPassed { throw .outOfTime }
            // Some operations read pixels at once: where they fail, it is the original's doing.
            throw .damaged(log: "\(error)")
        }
    }
}

extension Image {
    /// In pixels; of an animation that of all frames together.
    var size: Size { Size(width: width, height: totalHeight) }
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
