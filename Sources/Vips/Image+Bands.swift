import CVips

/// Arithmetic on bands, in floating point: what effects are put together of.
extension Image {
    /// Bands without alpha.
    var colourBandCount: Int { hasAlpha ? bands - 1 : bands }

    /// The picture without its alpha.
    func colourBands() throws(VipsError) -> Image {
        guard hasAlpha else { return self }
        return try apply("extract_band") { apus_vips_extract_bands($0, 0, Int32(self.bands - 1), &$1) }
    }

    /// The last band.
    func lastBand() throws(VipsError) -> Image {
        if bands == 1 { return self }
        return try apply("extract_band") { apus_vips_extract_bands($0, Int32(self.bands - 1), 1, &$1) }
    }

    func joined(with other: Image) throws(VipsError) -> Image { try combined("bandjoin", other, apus_vips_bandjoin2) }

    /// Every band times its factor plus its offset; of one band as many as there are factors.
    func linear(_ factors: [Double], _ offsets: [Double]) throws(VipsError) -> Image {
        try apply("linear") { apus_vips_linear_exact($0, factors, offsets, Int32(factors.count), &$1) }
    }

    func linear(_ factor: Double, _ offset: Double) throws(VipsError) -> Image { try linear([factor], [offset]) }

    func plus(_ other: Image) throws(VipsError) -> Image { try combined("add", other, apus_vips_add) }

    func minus(_ other: Image) throws(VipsError) -> Image { try combined("subtract", other, apus_vips_subtract) }

    func times(_ other: Image) throws(VipsError) -> Image { try combined("multiply", other, apus_vips_multiply) }

    /// 0 where `other` is 0.
    func divided(by other: Image) throws(VipsError) -> Image { try combined("divide", other, apus_vips_divide) }

    func meanOfBands() throws(VipsError) -> Image { try apply("bandmean") { apus_vips_mean_of_bands($0, &$1) } }

    func magnitude() throws(VipsError) -> Image { try apply("abs") { apus_vips_absolute($0, &$1) } }

    func squareRoot() throws(VipsError) -> Image { try apply("pow") { apus_vips_square_root($0, &$1) } }

    /// 255 where a value is above `limit`, else 0.
    func isAbove(_ limit: Double) throws(VipsError) -> Image {
        try apply("more") { apus_vips_is_above($0, limit, &$1) }
    }

    /// Of this condition: `yes` where it holds, else `no`.
    func choosing(_ yes: Image, else no: Image) throws(VipsError) -> Image {
        try apply("ifthenelse") { condition, out in
            yes.withPointer { yes in no.withPointer { no in apus_vips_choose(condition, yes, no, &out) } }
        }
    }

    /// Values cut to 0…1 and kept to a 65,535th.
    func clampedToOne() throws(VipsError) -> Image {
        let whole = try linear(65_535, 0.5).apply("cast") { apus_vips_cast($0, VIPS_FORMAT_USHORT, &$1) }
        return try whole.linear(1.0 / 65_535, 0)
    }

    func combined(
        _ operation: String, _ other: Image,
        _ body: (
            UnsafeMutablePointer<VipsImage>?, UnsafeMutablePointer<VipsImage>?,
            UnsafeMutablePointer<UnsafeMutablePointer<VipsImage>?>?
        ) -> Int32
    ) throws(VipsError) -> Image {
        try apply(operation) { first, out in other.withPointer { body(first, $0, &out) } }
    }

    // MARK: Made, not loaded

    /// x and y of the centre of each pixel, less a half, in double precision.
    static func places(width: Int, height: Int, limit: TimeLimit) throws(VipsError) -> Image {
        try make("xyz", limit: limit) { apus_vips_places(Int32(width), Int32(height), &$0) }
            .apply("cast") { apus_vips_cast($0, VIPS_FORMAT_DOUBLE, &$1) }
    }

    /// Of `places`: one band, `x` times the first and `y` times the second plus `offset`.
    func plane(_ x: Double, _ y: Double, _ offset: Double) throws(VipsError) -> Image {
        try linear([2 * x, 2 * y], [offset, offset]).meanOfBands()
    }

    // MARK: As numbers

    /// All values, band by band, row by row. For small pictures: histograms, profiles, single pixels.
    func numbers() throws(VipsError) -> [Double] {
        let exact = try apply("cast") { apus_vips_cast($0, VIPS_FORMAT_DOUBLE, &$1) }
        limit.bind(to: exact)
        var count = 0
        guard let memory = exact.withPointer({ vips_image_write_to_memory($0, &count) }) else {
            throw .failed("numbers")
        }
        defer { g_free(memory) }
        return [Double](UnsafeRawBufferPointer(start: memory, count: count).assumingMemoryBound(to: Double.self))
    }
}
