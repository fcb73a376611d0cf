import Memory
import RenderJobs
import Transformation
import Vips

/// Draws the layers of a step, each by a run of its own steps, and lays them on the picture (reference §9).
struct LayerPainter {
    /// What layers show.
    let inputs: JobInputs
    let cost: KnownCost
    let limits: RenderJob.Limits
    let limit: TimeLimit

    /// The picture with the layers on it, in their order; each is let go when it lies there.
    func lay(_ layers: [Layer], on picture: Image) throws(RenderFailure) -> Image {
        var picture = picture
        for layer in layers { picture = try lay(try draw(layer, on: picture.size), on: picture) }
        return picture
    }

    /// The same for each frame of an animation: the layers are drawn for the first.
    func lay(
        _ layers: [Layer], onFrame frame: Image, finding drawn: inout [DrawnLayer]?
    ) throws(RenderFailure) -> Image {
        let ready = if let drawn { drawn } else { try drawAll(layers, on: frame.size) }
        drawn = ready
        var frame = frame
        for layer in ready { frame = try lay(layer, on: frame) }
        return frame
    }

    private func drawAll(_ layers: [Layer], on base: Size) throws(RenderFailure) -> [DrawnLayer] {
        var drawn: [DrawnLayer] = []
        var pixelsLeft = limits.outputPixels
        for layer in layers {
            drawn.append(try draw(layer, on: base))
            pixelsLeft -= drawn.last?.picture.size.pixels ?? 0
            guard pixelsLeft >= 0 else { throw .outputLimit("pixels of all layers", maximum: limits.outputPixels) }
        }
        return drawn
    }

    private func lay(_ layer: DrawnLayer, on picture: Image) throws(RenderFailure) -> Image {
        do throws(VipsError) {
            // Made now, so that the layer is not needed any more.
            return try picture.laid(layer).inMemory()
        } catch {
            throw limit.hasPassed ? .outOfTime : .damaged(log: "\(error)")
        }
    }

    private func draw(_ layer: Layer, on base: Size) throws(RenderFailure) -> DrawnLayer {
        guard !limit.hasPassed else { throw .outOfTime }
        switch layer.content {
        case .image(let input, let page):
            guard let bytes = inputs[input.name] else { throw .internalFailure(log: "no input \(input.name)") }
            return try bytes.withBytes { (bytes) throws(RenderFailure) in
                try naming(input) { () throws(RenderFailure) in
                    try withReadable(bytes, limits: limits) { (bytes, _) throws(RenderFailure) in
                        try draw(layer, of: bytes, input, page: page, on: base)
                    }
                }
            }
        case .block(let block): return try draw(layer, from: area(block, on: base), on: base)
        case .text(let text):
            let picture = try TextPainter(inputs: inputs, limits: limits, limit: limit).draw(text, on: base)
            return try draw(layer, from: picture, on: base)
        }
    }

    private func draw(
        _ layer: Layer, of bytes: RawSpan, _ input: LayerInput, page: Int?, on base: Size
    ) throws(RenderFailure) -> DrawnLayer {
        var limits = limits
        // Trimming needs all pixels at once.
        limits.sourcePixels = min(limits.sourcePixels, limits.outputPixels)
        let source = try Source(bytes, page: page ?? 1, limits: limits, limit: limit)
        cost.note(source, of: input.name)
        let run = run(ofSize: source.size, on: base)
        let decoder = Decoder(source: source, limit: limit)
        let (picture, _) = try run.carryOut(Self.plan(layer), from: decoder, allFrames: false)
        return try placed(layer, picture, of: source.size, on: base)
    }

    /// - Parameter picture: made here, so that nothing that is wrong with it is the original's fault.
    private func draw(_ layer: Layer, from picture: Image, on base: Size) throws(RenderFailure) -> DrawnLayer {
        do throws(RenderFailure) {
            let finished = try run(ofSize: picture.size, on: base).carryOut(Self.plan(layer), on: picture)
            return try placed(layer, finished, of: picture.size, on: base)
        } catch {
            if case .damaged(let log) = error { throw .internalFailure(log: log) }
            throw error
        }
    }

    /// Of the layer no more is made than lies on its base.
    private func placed(
        _ layer: Layer, _ picture: Image, of source: Size, on base: Size
    ) throws(RenderFailure) -> DrawnLayer {
        let context = ExpressionContext(source: source, current: picture.size, base: base)
        if layer.mode == .displace {
            let (x, y) = try planned { () throws(TransformationError) in try layer.placement.displacement(in: context) }
            let map = try run(ofSize: source, on: base).vips { () throws(VipsError) in
                try picture.resized(width: base.width, height: base.height).inMemory()
            }
            return DrawnLayer(picture: map, mode: layer.mode, x: x, y: y)
        }
        let (x, y) = try planned { () throws(TransformationError) in try layer.placement.origin(in: context) }
        let visible = try run(ofSize: source, on: base).vips { () throws(VipsError) in
            try picture.cropped(
                left: max(0, -x), top: max(0, -y), width: min(picture.width, base.width - x) - max(0, -x),
                height: min(picture.totalHeight, base.height - y) - max(0, -y)
            ).inMemory()
        }
        return DrawnLayer(picture: visible, mode: layer.mode, x: Double(max(0, x)), y: Double(max(0, y)))
    }

    private func area(_ block: ColourBlock, on base: Size) throws(RenderFailure) -> Image {
        let size = try planned { () throws(TransformationError) in
            try block.size(
                in: ExpressionContext(source: base, current: base, base: base),
                limits: OutputLimits(pixels: limits.outputPixels))
        }
        let colour = block.colour ?? Colour(red: 0, green: 0, blue: 0, opacity: 0)
        do throws(VipsError) {
            return try Image.plain(colour.pixel, width: size.width, height: size.height, limit: limit)
        } catch {
            throw .internalFailure(log: "\(error)")
        }
    }

    private func run(ofSize size: Size, on base: Size) -> StepRun {
        StepRun(sourceSize: size, baseSize: base, painter: self, limits: limits, limit: limit)
    }

    /// Of a layer only the steps count.
    private static func plan(_ layer: Layer) -> Plan {
        Plan(stages: layer.stages, output: Output(format: .source, quality: 100))
    }

    /// What is wrong with an input is said of it and not of the original.
    private func naming<Result>(
        _ input: LayerInput, _ body: () throws(RenderFailure) -> Result
    ) throws(RenderFailure) -> Result {
        do { return try body() } catch {
            switch error {
            case .input, .outOfTime, .internalFailure, .outputLimit: throw error
            case .notAPicture, .notAvailable, .damaged, .sourceLimit, .transformation: throw .input(input.name, error)
            }
        }
    }
}

/// What a plan asks for that cannot be had.
func planned<Result>(_ body: () throws(TransformationError) -> Result) throws(RenderFailure) -> Result {
    do { return try body() } catch { throw RenderFailure(error) }
}
