import CVips

extension Image {
    /// The same picture, of which only so much is picture.
    func within(_ extent: Extent) -> Image {
        withPointer { pointer in
            apus_vips_ref(pointer)
            return Image(adopting: pointer, limit: limit, extent: extent)
        }
    }

    /// What is picture, scaled down to exactly `width` × `height` pixels without shifting it. All pixels are made.
    func resized(_ extent: Extent, width: Int, height: Int) throws(VipsError) -> Image {
        let decoded = try inMemory()
        guard bandFormat == VIPS_FORMAT_UCHAR, (1...4).contains(bands) else {
            throw .failed(operation: "resample", log: "not of 8 bits")
        }
        let starts = (
            extent.startsInside.horizontally ? Double(self.width) - extent.width : 0,
            extent.startsInside.vertically ? Double(totalHeight) - extent.height : 0
        )
        let resampler = Resampler(
            across: ResamplingAxis(extent: extent.width, from: starts.0, decoded: self.width, wanted: width),
            down: ResamplingAxis(extent: extent.height, from: starts.1, decoded: totalHeight, wanted: height),
            bands: bands)
        let made = try apply("resample") { apus_vips_like($0, Int32(width), Int32(height), &$1) }
        let length = self.width * bands
        let mixed = UnsafeMutablePointer<Float>.allocate(capacity: length + 4)
        mixed.initialize(repeating: 0, count: length + 4)
        defer { mixed.deallocate() }
        for row in 0..<height {
            guard !limit.hasPassed else { throw .failed(operation: "resample", log: "out of time") }
            decoded.withPointer { source in
                made.withPointer { target in
                    resampler.write(
                        row, of: apus_vips_row(source, 0), length: length, mixing: mixed,
                        to: apus_vips_row(target, Int32(row)))
                }
            }
        }
        return made
    }
}
