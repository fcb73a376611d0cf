import PictureHeaders
import Transformation

/// Walks through a plan as the render process will, with sizes instead of pixels.
struct RenderEstimate {
    private let plan: Plan
    private let original: RenderCost.Part
    private let inputs: [String: RenderCost.Part]
    private let limits: RenderJob.Limits
    private let rasterisesSVG: Bool

    private var milliseconds = RenderRates.start
    private var bytes = RenderRates.startBytes
    private var channels = 3.0

    init(
        _ plan: Plan, _ original: RenderCost.Part, _ inputs: [String: RenderCost.Part], _ limits: RenderJob.Limits,
        rasterisesSVG: Bool
    ) {
        self.plan = plan
        self.original = original
        self.inputs = inputs
        self.limits = limits
        self.rasterisesSVG = rasterisesSVG
        // The render process maps all that it gets.
        bytes += Double(original.count) + inputs.values.reduce(0) { $0 + Double($1.count) }
    }

    mutating func cost() -> RenderCost {
        let header = original.header ?? guessed()
        let format = EstimatedFormat(plan.output, header, rasterisesSVG: rasterisesSVG)
        // Cleaned, which takes no pixels.
        guard format.format != .svg else {
            return RenderCost(
                bytes: bytes + 20 * Double(original.count), seconds: megabytes * 0.2 + 0.003, isAnimated: false)
        }
        channels = Double(max(3, header.channels))
        let allFrames = header.frames > 1 && plan.page == nil && (format.format == .gif || format.format == .webp)
        let frames = allFrames ? Double(min(header.frames, limits.frames)) : Double(plan.page ?? 1)
        let kept = allFrames ? frames : 1

        var walk = StepWalk(plan, header.shownSize, limits, skippingConditions: header.kind == .gif)
        decode(header, towards: walk.first, frames: frames, isWhole: allFrames)
        let output = run(&walk, kept)
        encode(format, header, megapixels: output * kept / 1e6, frames: kept)
        return RenderCost(bytes: bytes, seconds: milliseconds / 1000, isAnimated: allFrames)
    }

    private var megabytes: Double { Double(original.count) / 1e6 }

    /// Neither kind nor size are known, which the decoder may know nevertheless.
    private mutating func guessed() -> PictureHeader {
        milliseconds += RenderRates.unknown.milliseconds
        bytes += RenderRates.unknown.bytes
        return PictureHeader(.png, width: 1_000, height: 1_000)
    }

    // MARK: Decode

    /// - Parameters:
    ///   - target: what the whole picture is scaled to first.
    ///   - isWhole: whether all frames are in memory together.
    private mutating func decode(_ header: PictureHeader, towards target: Size?, frames: Double, isWhole: Bool) {
        let size = header.shownSize
        let factor = header.decodedShare(of: size, towards: target)
        let (source, decoded) = (Double(size.pixels), Double(size.pixels) * factor * factor)
        let rates = RenderRates.decoding(of: header)
        milliseconds += frames * (rates.source * source + rates.decoded * decoded) / 1e6
        milliseconds += rates.bytes * Double(original.count) / 1e6
        let held = RenderRates.heldBytes(by: header)
        bytes += held.source * source + held.decoded * decoded
        // Turning reads columns.
        if header.orientation > 1 || isWhole {
            bytes += decoded * Double(header.channels) * (isWhole ? frames : 1)
        } else {
            let lines = min(Double(RenderRates.heldLines), Double(size.height) * factor)
            bytes += Double(size.width) * factor * lines * RenderRates.lineBytes(channels: header.channels)
        }
        scale(decoded * frames, to: 0)
    }

    private mutating func scale(_ input: Double, to output: Double) {
        milliseconds += (RenderRates.scaling.input * input + RenderRates.scaling.output * output) / 1e6 * channels / 3
    }

    // MARK: Steps

    /// - Returns: pixels of a frame of the variant.
    private mutating func run(_ walk: inout StepWalk, _ frames: Double) -> Double {
        var largest = 0.0
        var laid = 0.0
        var isFirst = true
        while let step = walk.next() {
            let pixels = Double(walk.size.pixels)
            scale(isFirst ? 0 : Double(walk.before.pixels) * frames, to: pixels * frames)
            isFirst = false
            milliseconds += step.millisecondsPerMegapixel * pixels * frames / 1e6
            // Some effects need more than lines of the picture.
            bytes += pixels * channels * step.heldCopies
            if step.trim != nil { bytes += trim(Double(walk.before.pixels), frames) * channels }
            if step.makesTransparent { channels = 4 }
            laid = max(laid, lay(step.layers, on: walk.size, frames))
            largest = max(largest, pixels)
        }
        let last = Double(walk.size.pixels)
        bytes += max(largest, last) * channels * RenderRates.wholeBytes * frames + laid
        return last
    }

    /// - Returns: pixels that are in memory for it.
    private mutating func trim(_ pixels: Double, _ frames: Double) -> Double {
        milliseconds += RenderStepRates.trimming * pixels * frames / 1e6
        return pixels
    }

    // MARK: Layers

    /// - Returns: bytes that are held at most while the layers are laid down: of a picture one after the other, of an
    ///   animation all of them wait for its frames.
    private mutating func lay(_ layers: [Layer], on base: Size, _ frames: Double) -> Double {
        var most = 0.0
        for layer in layers {
            let peak = lay(layer, on: base, frames)
            most = frames > 1 ? most + peak : max(most, peak)
        }
        return most
    }

    /// The base is in memory before and after, and so is the part of the layer that lies on it; before that the layer is
    /// made, by steps and with layers of its own.
    private mutating func lay(_ layer: Layer, on base: Size, _ frames: Double) -> Double {
        let area = Double(base.pixels)
        milliseconds += RenderRates.start + RenderStepRates.laying * area * frames / 1e6
        let whole = area * Self.layerBytes
        let made = make(layer, on: base)
        let visible = layer.mode == .displace ? area : min(area, made.pixels)
        return whole + max(made.bytes, whole + visible * Self.layerBytes)
    }

    /// Colours and alpha.
    private static let layerBytes = 4.0

    /// - Returns: pixels of the layer, and bytes that are held at most on the way to it.
    private mutating func make(_ layer: Layer, on base: Size) -> (pixels: Double, bytes: Double) {
        guard let size = size(of: layer.content, on: base) else { return (0, 0) }
        let plan = Plan(stages: layer.stages, output: Output(format: .source, quality: 100))
        let header = header(of: layer.content)
        var walk = StepWalk(plan, size, on: base, limits, skippingConditions: header?.kind == .gif)
        let decoded = decode(layer.content, header, size: header?.isDrawing == true ? walk.first ?? size : size)
        var (bytes, largest) = (0.0, 0.0)
        while let step = walk.next() {
            let pixels = clamped(walk.size)
            scale(clamped(walk.before), to: pixels)
            milliseconds += step.millisecondsPerMegapixel * pixels / 1e6
            let inner = lay(step.layers, on: walk.size, 1)
            bytes += pixels * Self.layerBytes * step.heldCopies
            if step.trim != nil { bytes += trim(clamped(walk.before), 1) * Self.layerBytes }
            largest = max(largest, pixels * Self.layerBytes, inner)
        }
        return (clamped(walk.size), decoded + bytes + largest)
    }

    /// As what is too large is refused when it is made.
    private func clamped(_ size: Size) -> Double { Double(min(size.pixels, max(1, limits.outputPixels))) }

    private func header(of content: LayerContent) -> PictureHeader? {
        guard case .image(let input, _) = content else { return nil }
        return inputs[input.name]?.header
    }

    /// As the layer's steps find it; `nil` where there will be none.
    private mutating func size(of content: LayerContent, on base: Size) -> Size? {
        let context = ExpressionContext(source: base, current: base, base: base)
        switch content {
        case .image(let input, _):
            guard let part = inputs[input.name] else { return nil }
            return (part.header ?? guessed()).shownSize
        case .block(let block): return try? block.size(in: context, limits: OutputLimits(pixels: limits.outputPixels))
        case .text(let text): return (try? text.measures(in: context)).map { $0.likelySize(of: text.text) }
        }
    }

    /// - Returns: bytes that are held.
    private mutating func decode(_ content: LayerContent, _ header: PictureHeader?, size: Size) -> Double {
        let area = clamped(size)
        switch content {
        case .block: return 0
        case .text:
            milliseconds += RenderStepRates.text * area / 1e6
            return area * Self.layerBytes
        case .image(let input, let page):
            guard let header else { return 0 }
            let rates = RenderRates.decoding(of: header)
            let held = RenderRates.heldBytes(by: header)
            let frames = Double(min(max(1, page ?? 1), header.frames))
            milliseconds += (rates.source + rates.decoded + RenderRates.scaling.input) * area * frames / 1e6
            milliseconds += rates.bytes * Double(inputs[input.name]?.count ?? 0) / 1e6
            return (held.source + held.decoded + RenderRates.wholeBytes * Double(header.channels)) * area
        }
    }

    // MARK: Encode

    private mutating func encode(
        _ format: EstimatedFormat, _ header: PictureHeader, megapixels: Double, frames: Double
    ) {
        let rates = RenderRates.encoding(
            as: format.format, of: header, isLossless: plan.output.switches.contains(.lossless))
        let pipelines = frames > 1 ? frames * RenderRates.frame : 0
        milliseconds += rates.start * frames + rates.megapixel * megapixels + pipelines
        bytes += rates.bytes * megapixels * 1e6 + rates.startBytes
    }
}

extension TextMeasures {
    /// Of the box, by what letters take on average.
    fileprivate func likelySize(of text: String) -> Size {
        let letters = Double(text.utf8.count)
        let across = max(1, letters * size * 0.6)
        let breaks = text.utf8.count { $0 == UInt8(ascii: "\n") }
        let column = width.map { Double($0) } ?? across
        let lines = min(letters, (across / column).rounded(.up)) + Double(breaks)
        let down = max(1, lines * (lineHeight ?? size * 1.3))
        let most = Double(OutputLimits.maximumSide)
        return Size(
            width: Int(min(column, most)) + padding.left + padding.right,
            height: Int(min(down, most)) + padding.top + padding.bottom)
    }
}
