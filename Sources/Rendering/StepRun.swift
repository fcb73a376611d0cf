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

    /// The picture, or the frames as one animation, in sRGB. Its pixels are not made yet.
    func carryOut(_ steps: [Step], allFrames: Bool) throws(RenderFailure) -> Image {
        let first = try geometry(of: steps.first, on: source.size)
        let decoded = try Decoder(source: source, limit: limit).decode(towards: first?.scaled, allFrames: allFrames)
        guard allFrames, decoded.frameCount > 1 else { return try carryOut(steps, first, on: decoded) }
        var frames: [Image] = []
        for index in 0..<decoded.frameCount {
            let frame = try vips { () throws(VipsError) in try decoded.frame(index) }
            let finished = try carryOut(steps, first, on: frame)
            try checkPixels(of: finished, times: decoded.frameCount)
            // Made one after the other: the loader hands out lines in their order, and the pipelines of many frames open at
            // once cost more than their pixels.
            frames.append(try vips { () throws(VipsError) in try finished.inMemory() })
        }
        return try vips { () throws(VipsError) in try Image.animation(of: frames) }
    }

    /// The frames of an animation are all in memory before it is encoded, so the limit is for all of them together.
    private func checkPixels(of frame: Image, times frames: Int) throws(RenderFailure) {
        let pixels = Size(width: frame.width, height: frame.totalHeight).pixels
        guard pixels <= limits.outputPixels / frames else {
            throw RenderFailure(TransformationError.limitExceeded(.outputPixels, maximum: limits.outputPixels))
        }
    }

    private func carryOut(_ steps: [Step], _ first: StepGeometry?, on frame: Image) throws(RenderFailure) -> Image {
        // Sizes and crops of the first step come before the conversion to sRGB, which then has fewer pixels to do.
        var image = try vips { () throws(VipsError) in
            try (first.map { geometry throws(VipsError) in try frame.scaledAndCropped(geometry) } ?? frame).inSRGB()
        }
        for (index, step) in steps.enumerated() {
            var geometry = first
            if index > 0 {
                geometry = try self.geometry(of: step, on: Size(width: image.width, height: image.totalHeight))
            }
            image = try vips { () throws(VipsError) in
                if index > 0, let geometry { image = try image.scaledAndCropped(geometry) }
                if let canvas = geometry?.canvas { image = try image.laid(on: canvas, step.background) }
                return try image.applying(step, limit: limit)
            }
            try checkSize(image)
        }
        return image
    }

    private func geometry(of step: Step?, on size: Size) throws(RenderFailure) -> StepGeometry? {
        do {
            return try step?.resize?.geometry(
                current: size, source: source.size, limits: OutputLimits(pixels: limits.outputPixels))
        } catch {
            throw RenderFailure(error)
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
