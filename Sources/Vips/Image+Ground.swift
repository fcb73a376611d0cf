import CVips

extension Image {
    /// This picture at (`left`, `top`) on an opaque picture of three bands, which keeps its size.
    package func laid(on ground: Image, left: Int, top: Int) throws(VipsError) -> Image {
        let picture = try inColour()
        return try ground.apply("lay") { ground, out in
            picture.withPointer { picture in
                self.hasAlpha
                    ? apus_vips_lay(ground, picture, Int32(left), Int32(top), &out)
                    : apus_vips_insert(ground, picture, Int32(left), Int32(top), &out)
            }
        }.inBytes()
    }

    /// Every channel of an opaque picture raised by `amount`, −255…255.
    package func brightened(by amount: Int) throws(VipsError) -> Image {
        if amount == 0 { return self }
        let factors = [Double](repeating: 1, count: bands)
        let offsets = [Double](repeating: Double(amount), count: bands)
        return try apply("linear") { image, out in
            apus_vips_linear(image, factors, offsets, Int32(factors.count), &out)
        }
    }
}
