import CVips

/// Pictures on pictures.
extension Image {
    package enum Blend {
        case over, multiply
    }

    /// A plain area in sRGB; with alpha where the colour lets something through.
    package static func plain(
        _ colour: Pixel, width: Int, height: Int, limit: TimeLimit
    ) throws(VipsError) -> Image {
        let values = [colour.red, colour.green, colour.blue] + (colour.alpha < 255 ? [colour.alpha] : [])
        return try make("plain area", limit: limit) { out in
            apus_vips_plain(values, Int32(values.count), Int32(width), Int32(height), &out)
        }
    }

    /// A picture of rows of red, green, blue, alpha, not multiplied by it; the samples are copied.
    package static func translucent(
        _ samples: [UInt8], width: Int, height: Int, limit: TimeLimit
    ) throws(VipsError) -> Image {
        guard samples.count == 4 * width * height else { throw .failed(operation: "translucent", log: "wrong count") }
        return try make("translucent", limit: limit) { out in
            apus_vips_translucent(samples, samples.count, Int32(width), Int32(height), &out)
        }
    }

    /// `layer` at (`left`, `top`) of this picture, which keeps its size; both in sRGB with 8 bits.
    ///
    /// All pixels are made; only those under the layer are worked on.
    package func blended(with layer: Image, _ blend: Blend, left: Int, top: Int) throws(VipsError) -> Image {
        guard let common = Common(of: self, and: layer, left: left, top: top) else { return self }
        let base = try inColour().inMemory()
        let part = try layer.inColour().cropped(common.onLayer)
        if blend == .over, !part.hasAlpha { return try base.replacing(common.onBase, by: part) }
        let mode = blend == .over ? VIPS_BLEND_MODE_OVER : VIPS_BLEND_MODE_MULTIPLY
        let both = try base.cropped(common.onBase).apply("blend") { base, out in
            part.withPointer { apus_vips_blend(base, $0, mode, &out) }
        }
        let mixed = try both.rounded(to: VIPS_FORMAT_UCHAR)
        // Where one of them has no alpha, what comes out has it all the same.
        return try base.replacing(common.onBase, by: base.hasAlpha ? mixed : mixed.colours())
    }

    /// This picture where `layer` at (`left`, `top`) is opaque, or where it is not; transparent elsewhere.
    package func cut(by layer: Image, left: Int, top: Int, keepsInside: Bool) throws(VipsError) -> Image {
        let nothing = Pixel(red: 0, green: 0, blue: 0, alpha: 0)
        var mask = try Image.plain(nothing, width: width, height: totalHeight, limit: limit).alpha().inMemory()
        if let common = Common(of: self, and: layer, left: left, top: top) {
            mask = try mask.replacing(common.onBase, by: layer.withAlpha().alpha().cropped(common.onLayer))
        }
        if !keepsInside { mask = try mask.linear(-1, 255).rounded(to: VIPS_FORMAT_UCHAR) }
        return try masked(by: mask)
    }

    /// Each pixel from where the map, stretched over this picture, sends it: by its red to the left or right, by its green
    /// up or down, at most so many pixels; the middle of the range moves nothing, and beyond the edge there is more of the
    /// edge. Needs the pixels to be there.
    package func displaced(by map: Image, right: Double, down: Double) throws(VipsError) -> Image {
        // Nothing comes from farther away than the picture is wide or high.
        let (right, down) = (right.clamped(to: Double(width)), down.clamped(to: Double(totalHeight)))
        let margin = Int(max(right.magnitude, down.magnitude).rounded(.up)) + 1
        let stretched = try map.inColour().flattenedIfTranslucent().resized(width: width, height: totalHeight)
        let moves = try stretched.apply("extract_band") { apus_vips_extract_bands($0, 0, 2, &$1) }
            .linear([right / 127.5, down / 127.5], [Double(margin) - right, Double(margin) - down])
        let places = try Image.places(width: width, height: totalHeight, limit: limit).plus(moves)
        let framed = try apply("embed") { apus_vips_extended($0, Int32(margin), &$1) }
        let moved = try framed.apply("displace") { image, out in
            places.withPointer { apus_vips_displaced(image, $0, &out) }
        }
        return try moved.rounded(to: VIPS_FORMAT_UCHAR)
    }

    private func flattenedIfTranslucent() throws(VipsError) -> Image {
        let still = Pixel(red: 127.5, green: 127.5, blue: 127.5, alpha: 255)
        return try hasAlpha ? flattened(on: still) : self
    }

    // MARK: Parts

    /// The last band.
    private func alpha() throws(VipsError) -> Image {
        try apply("extract_band") { apus_vips_extract_bands($0, Int32(self.bands - 1), 1, &$1) }
    }

    /// All bands but alpha.
    private func colours() throws(VipsError) -> Image {
        guard hasAlpha else { return self }
        return try apply("extract_band") { apus_vips_extract_bands($0, 0, Int32(self.bands - 1), &$1) }
    }

    private func cropped(_ part: Part) throws(VipsError) -> Image {
        try cropped(left: part.left, top: part.top, width: part.width, height: part.height)
    }

    /// With other pixels in a part. Both in memory, or cheap to read in any order.
    private func replacing(_ part: Part, by pixels: Image) throws(VipsError) -> Image {
        let fitting = try hasAlpha ? pixels.withAlpha() : pixels
        return try apply("insert") { image, out in
            fitting.withPointer { apus_vips_insert(image, $0, Int32(part.left), Int32(part.top), &out) }
        }
    }
}

private struct Part {
    let left, top, width, height: Int
}

/// What a layer and its base share, in the pixels of each; nil where they do not meet.
private struct Common {
    let onBase, onLayer: Part

    init?(of base: Image, and layer: Image, left: Int, top: Int) {
        let (right, bottom) = (min(base.width, left + layer.width), min(base.totalHeight, top + layer.totalHeight))
        let (x, y) = (max(0, left), max(0, top))
        guard x < right, y < bottom else { return nil }
        onBase = Part(left: x, top: y, width: right - x, height: bottom - y)
        onLayer = Part(left: x - left, top: y - top, width: right - x, height: bottom - y)
    }
}

extension Double {
    fileprivate func clamped(to limit: Double) -> Double { Swift.min(limit, Swift.max(-limit, self)) }
}
