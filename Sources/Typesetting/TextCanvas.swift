import CPango

/// The surface that a text is drawn on, and how it becomes straight and trimmed.
struct TextCanvas {
    /// In the layout's pixels; wider than the ink is said to be, for made-up bold and slant hang over.
    private let bounds: PixelBounds
    private let lineWidth: Int?

    /// Throws when the ink with its margins is beyond the limits.
    init(
        around ink: PixelBounds, lineWidth: Int?, size: Double, _ limits: TextLimits
    ) throws(TypesettingError) {
        let margin = 4 + Int(size / 4)
        var bounds = PixelBounds(
            left: ink.left - margin, top: ink.top - margin, right: ink.right + margin, bottom: ink.bottom + margin)
        if let lineWidth {
            bounds.left = min(bounds.left, 0)
            bounds.right = max(bounds.right, lineWidth)
        }
        try limits.check(canvas: bounds)
        self.bounds = bounds
        self.lineWidth = lineWidth
    }

    /// `paint` draws with the layout's origin at (0, 0) and the text's colour, opaque.
    func draw(
        _ setting: TextSetting, _ limits: TextLimits, _ paint: (OpaquePointer) throws(TypesettingError) -> Void
    ) throws(TypesettingError) -> TextBitmap {
        var memory = try CanvasMemory(count: 4 * bounds.width * bounds.height)
        try paintSurface(memory.bytes, setting.colour, paint)
        guard let box = try box(ofInk: inkBounds(memory.bytes), limits) else {
            return .transparent(width: lineWidth ?? 1)
        }
        let pixels = [UInt8](unsafeUninitializedCapacity: 4 * box.width * box.height) { target, count in
            crop(&memory, to: box, alpha: setting.colour.alpha, into: target)
            count = 4 * box.width * box.height
        }
        return TextBitmap(pixels: pixels, width: box.width, height: box.height)
    }

    private func paintSurface(
        _ memory: UnsafeMutableRawBufferPointer, _ colour: TextSetting.Colour,
        _ paint: (OpaquePointer) throws(TypesettingError) -> Void
    ) throws(TypesettingError) {
        let surface = cairo_image_surface_create_for_data(
            memory.baseAddress?.assumingMemoryBound(to: UInt8.self), CAIRO_FORMAT_ARGB32, Int32(clamping: bounds.width),
            Int32(clamping: bounds.height),
            Int32(clamping: 4 * bounds.width))
        defer { cairo_surface_destroy(surface) }
        guard let cairo = cairo_create(surface) else { throw .failed(call: "cairo_create", code: 0) }
        defer { cairo_destroy(cairo) }
        cairo_translate(cairo, -Double(bounds.left), -Double(bounds.top))
        // The alpha is for the whole: strokes that overlap must not add up.
        cairo_set_source_rgb(cairo, Double(colour.red) / 255, Double(colour.green) / 255, Double(colour.blue) / 255)
        try paint(cairo)
        cairo_surface_finish(surface)
    }

    /// What is not transparent, in the canvas' own pixels.
    private func inkBounds(_ memory: UnsafeMutableRawBufferPointer) -> PixelBounds? {
        var found = PixelBounds(left: bounds.width, top: 0, right: 0, bottom: 0)
        memory.withMemoryRebound(to: UInt32.self) { pixels in
            var start = 0
            for y in 0..<bounds.height {
                let row = start..<start + bounds.width
                start = row.upperBound
                guard let first = row.first(where: { pixels[$0] != 0 }),
                    let last = row.last(where: { pixels[$0] != 0 })
                else { continue }
                if found.bottom == 0 { found.top = y }
                found.bottom = y + 1
                found.left = min(found.left, first - row.lowerBound)
                found.right = max(found.right, last - row.lowerBound + 1)
            }
        }
        return found.bottom > 0 ? found : nil
    }

    /// The bitmap's place on the canvas: the ink, or the line in which ink that only hangs over is moved back inside.
    private func box(ofInk ink: PixelBounds?, _ limits: TextLimits) throws(TypesettingError) -> PixelBounds? {
        guard var box = ink else { return nil }
        if let lineWidth {
            let line = -bounds.left
            let left = max(min(line, box.left), min(box.right - lineWidth, box.left))
            box.left = min(max(0, left), bounds.width - lineWidth)
            box.right = box.left + lineWidth
        }
        try limits.check(width: box.width, height: box.height)
        return box
    }

    /// Takes the box out of the canvas, from cairo's premultiplied words to straight bytes. The canvas is used up.
    private func crop(
        _ memory: inout CanvasMemory, to box: PixelBounds, alpha: UInt8, into target: UnsafeMutableBufferPointer<UInt8>
    ) {
        var place = 0
        for y in box.top..<box.bottom {
            var source = 4 * (y * bounds.width + box.left)
            memory.giveBack(before: source)
            for _ in 0..<box.width {
                let pixel = memory.bytes.loadUnaligned(fromByteOffset: source, as: UInt32.self)
                Self.store(pixel, at: place, of: target, alpha: UInt32(alpha))
                source += 4
                place += 4
            }
        }
    }

    @inline(__always)
    private static func store(
        _ pixel: UInt32, at target: Int, of buffer: UnsafeMutableBufferPointer<UInt8>, alpha: UInt32
    ) {
        let covered = pixel >> 24
        // Half of the divisor is added: rounded, not cut.
        func straight(_ value: UInt32) -> UInt8 {
            covered == 0 ? 0 : UInt8(truncatingIfNeeded: min(255, (value * 255 + covered / 2) / covered))
        }
        buffer[target] = straight(pixel >> 16 & 255)
        buffer[target + 1] = straight(pixel >> 8 & 255)
        buffer[target + 2] = straight(pixel & 255)
        buffer[target + 3] = UInt8(truncatingIfNeeded: (covered * alpha + 127) / 255)
    }
}
