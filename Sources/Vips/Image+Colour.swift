import CVips

extension Image {
    /// In sRGB with 8 bits a band: one band for grey, three for colour, and alpha where there was one.
    ///
    /// An embedded profile is followed; a profile that does not fit its picture counts as none. CMYK without one is taken
    /// for the usual print colours, by a profile as well: libvips' plain formula has no deep black.
    package func inSRGB() throws(VipsError) -> Image {
        if isPlainRGB, colourProfile?.isSRGB ?? true { return self }
        let isCMYK = interpretation == VIPS_INTERPRETATION_CMYK
        if hasColourProfile || isCMYK, isKindThatProfilesDescribe {
            let fallback = isCMYK ? "cmyk" : "srgb"
            let converted = try? apply("icc_transform") { image, out in apus_vips_icc_to_srgb(image, fallback, &out) }
            if let converted { return converted }
            _ = VipsError.takeLog()
        }
        let space = isGrey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB
        var image = self
        if interpretation != space {
            image = try image.apply("colourspace") { image, out in apus_vips_colourspace(image, space, &out) }
        }
        return try image.inBytes()
    }

    /// In red, green and blue of 8 bits as they are stored: in the colours of the embedded profile, which is not
    /// followed. In sRGB where there is no profile that describes such a picture.
    package func inOwnColours() throws(VipsError) -> Image {
        guard carriesRGBProfile else { return try inSRGB() }
        if isPlainRGB { return self }
        return try apply("colourspace") { apus_vips_colourspace($0, VIPS_INTERPRETATION_sRGB, &$1) }.inBytes()
    }

    /// Whether it is of red, green and blue and has a profile that says which.
    package var carriesRGBProfile: Bool {
        guard interpretation == VIPS_INTERPRETATION_sRGB || interpretation == VIPS_INTERPRETATION_RGB16,
            colourBandCount == 3
        else { return false }
        return colourProfile?.isRGB ?? false
    }

    /// From the colours of the profile that `original` carries to sRGB.
    package func fromColours(of original: Image) throws(VipsError) -> Image {
        let picture = try inColour().apply("copy") { apus_vips_copy($0, &$1) }
        original.withPointer { original in
            picture.withPointer { apus_vips_copy_field(original, $0, VIPS_META_ICC_NAME) }
        }
        return try picture.inSRGB()
    }

    /// From sRGB to the colours of the profile that `original` carries, which has to be one of red, green and blue.
    package func toColours(of original: Image) throws(VipsError) -> Image {
        if original.colourProfile?.isSRGB ?? true { return try inColour() }
        return try inColour().apply("icc_export") { image, out in
            original.withPointer { apus_vips_srgb_to_icc_of(image, $0, &out) }
        }
    }

    private var isPlainRGB: Bool { interpretation == VIPS_INTERPRETATION_sRGB && bandFormat == VIPS_FORMAT_UCHAR }

    private var isKindThatProfilesDescribe: Bool {
        bandFormat == VIPS_FORMAT_UCHAR || bandFormat == VIPS_FORMAT_USHORT
    }

    private var isGrey: Bool { bands - (hasAlpha ? 1 : 0) == 1 }

    /// Grey as three equal bands, so that colours can be put beside it.
    package func inColour() throws(VipsError) -> Image {
        guard isGrey else { return self }
        return try apply("colourspace") { image, out in
            apus_vips_colourspace(image, VIPS_INTERPRETATION_sRGB, &out)
        }
    }

    /// Luminance alone; alpha is kept.
    package func inGrey() throws(VipsError) -> Image {
        try apply("colourspace") { image, out in apus_vips_colourspace(image, VIPS_INTERPRETATION_B_W, &out) }
    }

    /// Values cut to 0…255.
    package func inBytes() throws(VipsError) -> Image {
        if bandFormat == VIPS_FORMAT_UCHAR { return self }
        return try apply("cast") { image, out in apus_vips_cast(image, VIPS_FORMAT_UCHAR, &out) }
    }

    /// Values as they are stored in `format`, after arithmetic has made fractions of them.
    func rounded(to format: VipsBandFormat) throws(VipsError) -> Image {
        if bandFormat == format { return self }
        return try apply("round") { image, out in apus_vips_round(image, format, &out) }
    }

    // MARK: Alpha

    package func withAlpha() throws(VipsError) -> Image {
        if hasAlpha { return self }
        return try apply("addalpha") { image, out in apus_vips_addalpha(image, &out) }
    }

    /// Runs `body` on the picture with its colours multiplied by alpha, as everything that mixes neighbouring pixels
    /// needs it: else the colour of what cannot be seen would bleed into what can. The depth stays what it was.
    package func premultiplied(_ body: (Image) throws(VipsError) -> Image) throws(VipsError) -> Image {
        guard hasAlpha else { return try body(self).rounded(to: bandFormat) }
        let multiplied = try apply("premultiply") { image, out in apus_vips_premultiply(image, &out) }
        let result = try body(multiplied)
        let divided = try result.apply("unpremultiply") { image, out in apus_vips_unpremultiply(image, &out) }
        return try divided.rounded(to: bandFormat)
    }

    /// Laid on a ground of one colour; opaque afterwards.
    package func flattened(on colour: Pixel) throws(VipsError) -> Image {
        guard hasAlpha else { return self }
        let ground = try colour.isGrey ? self : inColour()
        let opaque = Pixel(red: colour.red, green: colour.green, blue: colour.blue, alpha: 255)
        return try opaque.withColourBands(of: ground) { background throws(VipsError) in
            try ground.apply("flatten") { image, out in apus_vips_flatten(image, background, &out) }
        }
    }

    /// Laid on a ground that may itself let something through.
    package func composited(on colour: Pixel) throws(VipsError) -> Image {
        if colour.alpha >= 255 { return try flattened(on: colour) }
        guard hasAlpha, colour.alpha > 0 else { return self }
        let picture = try inColour()
        return try picture.apply("composite") { image, out in
            apus_vips_lay_on_colour(image, colour.red, colour.green, colour.blue, colour.alpha, &out)
        }.inBytes()
    }

    /// Alpha times `factor`, 0…1.
    package func faded(by factor: Double) throws(VipsError) -> Image {
        let image = try withAlpha()
        let factors = [Double](repeating: 1, count: image.bands - 1) + [factor]
        // What is beyond the point is cut off.
        let offsets = [Double](repeating: 0, count: image.bands - 1) + [0.5]
        return try image.apply("linear") { image, out in
            apus_vips_linear(image, factors, offsets, Int32(factors.count), &out)
        }
    }

    /// Alpha times that of `mask`, a one-band picture of the same size, 0…255.
    package func masked(by mask: Image) throws(VipsError) -> Image {
        let image = try withAlpha()
        let colours = try image.apply("extract_band") { image, out in
            apus_vips_extract_bands(image, 0, Int32(self.bands - (self.hasAlpha ? 1 : 0)), &out)
        }
        let alpha = try image.apply("extract_band") { pointer, out in
            apus_vips_extract_bands(pointer, Int32(image.bands - 1), 1, &out)
        }
        let product = try alpha.apply("multiply") { alpha, out in
            mask.withPointer { apus_vips_multiply(alpha, $0, &out) }
        }
        let scaled = try product.apply("linear") { image, out in apus_vips_linear(image, [1.0 / 255], [0.5], 1, &out) }
        return try colours.apply("bandjoin") { colours, out in
            scaled.withPointer { apus_vips_bandjoin2(colours, $0, &out) }
        }
    }
}
