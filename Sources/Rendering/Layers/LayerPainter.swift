import Memory
import RenderJobs
import Transformation
import Vips

/// Draws the layers of a step, each by a run of its own steps, and lays them on the picture (reference §9).
struct LayerPainter {
    /// What layers show.
    let inputs: JobInputs
    let limits: RenderJob.Limits
    let limit: TimeLimit

    /// The picture with the layers on it, in their order.
    ///
    /// - Parameter drawn: the layers, if they were drawn for an earlier frame; set if not.
    func lay(
        _ layers: [Layer], on picture: Image, finding drawn: inout [DrawnLayer]?
    ) throws(RenderFailure) -> Image {
        var ready: [DrawnLayer] = []
        if let drawn { ready = drawn } else { for layer in layers { ready.append(try draw(layer, on: picture.size)) } }
        drawn = ready
        do throws(VipsError) {
            var image = picture
            for layer in ready { image = try image.laid(layer) }
            return image
        } catch {
            if limit.hasPassed { throw .outOfTime }
            throw .damaged(log: "\(error)")
        }
    }

    private func draw(_ layer: Layer, on base: Size) throws(RenderFailure) -> DrawnLayer {
        let (picture, source) = try content(of: layer, on: base)
        do throws(TransformationError) {
            let context = ExpressionContext(source: source, current: picture.size, base: base)
            guard let mode = layer.mode.placed else {
                let (right, down) = try layer.placement.displacement(in: context)
                return DrawnLayer(picture: picture, effect: .displacing(right: right, down: down))
            }
            let (x, y) = try layer.placement.origin(in: context)
            return DrawnLayer(picture: picture, effect: .placed(mode, x: x, y: y))
        } catch {
            throw RenderFailure(error)
        }
    }

    /// The finished layer, and the size that it had before its steps.
    private func content(of layer: Layer, on base: Size) throws(RenderFailure) -> (Image, Size) {
        switch layer.content {
        case .image(let input):
            return try naming(input) { (bytes) throws(RenderFailure) in
                try draw(bytes, through: layer.stages, on: base)
            }
        case .block(let block):
            return try draw(try draw(block, on: base), through: layer.stages, on: base)
        case .text(let text):
            let picture = try TextPainter(inputs: inputs, limits: limits, limit: limit).draw(text, on: base)
            return try draw(picture, through: layer.stages, on: base)
        }
    }

    private func draw(
        _ bytes: RawSpan, through stages: [Stage], on base: Size
    ) throws(RenderFailure) -> (Image, Size) {
        let source = try Source(bytes, limits: limits, limit: limit)
        let decoder = Decoder(source: source, limit: limit)
        let run = run(ofSize: source.size, on: base)
        let (image, _) = try run.carryOut(Self.plan(stages), from: decoder, allFrames: false)
        // While the bytes that it is made of are lent.
        return (try run.vips { () throws(VipsError) in try image.inMemory() }, source.size)
    }

    private func draw(
        _ picture: Image, through stages: [Stage], on base: Size
    ) throws(RenderFailure) -> (Image, Size) {
        let size = picture.size
        let run = run(ofSize: size, on: base)
        let image = try run.carryOut(Self.plan(stages), on: picture)
        return (try run.vips { () throws(VipsError) in try image.inMemory() }, size)
    }

    private func draw(_ block: ColourBlock, on base: Size) throws(RenderFailure) -> Image {
        do {
            let size = try block.size(
                in: ExpressionContext(source: base, current: base, base: base),
                limits: OutputLimits(pixels: limits.outputPixels))
            let nothing = Colour(red: 0, green: 0, blue: 0, opacity: 0)
            return try Image.plain(
                (block.colour ?? nothing).pixel, width: size.width, height: size.height, limit: limit)
        } catch let error as TransformationError {
            throw RenderFailure(error)
        } catch {
            throw .internalFailure(log: "\(error)")
        }
    }

    private func run(ofSize size: Size, on base: Size) -> StepRun {
        StepRun(sourceSize: size, baseSize: base, painter: self, limits: limits, limit: limit)
    }

    /// Of a layer only the steps count.
    private static func plan(_ stages: [Stage]) -> Plan {
        Plan(stages: stages, output: Output(format: .source, quality: 100))
    }

    /// Lends the bytes of an input; what is wrong with them is said of it and not of the original.
    private func naming<Result>(
        _ input: LayerInput, _ body: (RawSpan) throws(RenderFailure) -> Result
    ) throws(RenderFailure) -> Result {
        guard let bytes = inputs[input.name] else { throw .internalFailure(log: "no input \(input.name)") }
        do {
            return try bytes.withBytes(body)
        } catch {
            switch error {
            case .input, .outOfTime, .internalFailure, .outputLimit, .transformation: throw error
            case .notAPicture, .notAvailable, .damaged, .sourceLimit: throw .input(input.name, error)
            }
        }
    }
}
