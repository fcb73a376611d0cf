import PictureHeaders
import Transformation

/// What is laid over the picture.
extension RenderEstimate {
    /// - Returns: bytes that are held at most while the layers are laid down: of a picture one after the other, of an
    ///   animation all of them wait for its frames.
    mutating func lay(_ layers: [Layer], on base: Size, _ frames: Double) -> Double {
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
        case .image(let input, let page):
            return inputs[input.name].map { self.header(of: $0, page: page).shownSize }
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
            drawingBytes = max(drawingBytes, RenderRates.drawingBytes(of: header))
            let rates = RenderRates.decoding(of: header)
            let held = RenderRates.heldBytes(by: header)
            let frames = Double(min(max(1, page ?? 1), header.frames))
            milliseconds += (rates.source + rates.decoded + RenderRates.scaling.input) * area * frames / 1e6
            milliseconds += rates.bytes * Double(inputs[input.name]?.count ?? 0) / 1e6
            return (held.source + held.decoded + RenderRates.wholeBytes * Double(header.channels)) * area
        }
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
