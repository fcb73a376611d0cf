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

    /// `layer` at (`left`, `top`) of this picture, which keeps its size; both in sRGB with 8 bits.
    ///
    /// All pixels are made; only those under the layer are worked on.
    package func blended(with layer: Image, _ blend: Blend, left: Int, top: Int) throws(VipsError) -> Image {
        guard let common = Common(of: self, and: layer, left: left, top: top) else { return self }
        let base = try inColour().inMemory()
        let part = try layer.inColour().cropped(common.onLayer)
        if blend == .over, !part.hasAlpha { return try base.replacing(common.onBase, by: part) }
        let below = try base.cropped(common.onBase)
        let above = try blend == .over ? part : part.multiplied(by: below)
        let both = try below.apply("blend") { below, out in above.withPointer { apus_vips_blend(below, $0, &out) } }
        let mixed = try both.rounded(to: VIPS_FORMAT_UCHAR)
        // Where one of them has no alpha, what comes out has it all the same.
        return try base.replacing(common.onBase, by: base.hasAlpha ? mixed : mixed.colours())
    }

    /// Colours times those of what lies below, which counts as white where nothing is; alpha stays. Laid on it then, this is
    /// multiplying as PDF defines it (ISO 32000-1 §11.3.5); libvips 8.14's own mode darkens what is half transparent.
    private func multiplied(by below: Image) throws(VipsError) -> Image {
        let white = Pixel(red: 255, green: 255, blue: 255, alpha: 255)
        let product = try colours().times(below.flattened(on: white)).linear(1.0 / 255, 0).rounded(
            to: VIPS_FORMAT_UCHAR)
        guard hasAlpha else { return product }
        let alpha = try alpha()
        return try product.apply("bandjoin") { product, out in
            alpha.withPointer { apus_vips_bandjoin2(product, $0, &out) }
        }
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
        let stretched = try map.inColour().flattenedIfTranslucent().resized(width: width, height: totalHeight)
        let moves = try stretched.apply("extract_band") { apus_vips_extract_bands($0, 0, 2, &$1) }
            .linear([right / 127.5, down / 127.5], [-right, -down])
        // Not beyond the edge, where there is nothing.
        let (last, lowest) = (Double(max(1, width - 1)), Double(max(1, totalHeight - 1)))
        let places = try Image.places(width: width, height: totalHeight, limit: limit).plus(moves)
            .linear([1 / last, 1 / lowest], [0, 0]).clampedToOne().linear([last, lowest], [0, 0])
        let moved = try apply("displace") { image, out in
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
