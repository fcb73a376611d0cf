import CVips

/// Small pictures as numbers, and what is found in them.
extension Image {
    /// The values of all pixels, band by band, row by row, of a picture with 8 bits a band.
    package func samples() throws(VipsError) -> [UInt8] {
        guard bandFormat == VIPS_FORMAT_UCHAR else { throw .failed(operation: "samples", log: "not of 8 bits") }
        limit.bind(to: self)
        var count = 0
        guard let memory = withPointer({ vips_image_write_to_memory($0, &count) }) else { throw .failed("samples") }
        defer { g_free(memory) }
        return [UInt8](UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// A picture in sRGB of rows of red, green, blue, or of those and alpha, by which they are not multiplied. The samples
    /// are copied.
    package static func colours(
        _ samples: [UInt8], width: Int, height: Int, limit: TimeLimit
    ) throws(VipsError) -> Image {
        let bands = samples.count / max(1, width * height)
        guard bands == 3 || bands == 4, samples.count == bands * width * height else {
            throw .failed(operation: "colours", log: "wrong count")
        }
        return try make("colours", limit: limit) { out in
            apus_vips_colours(samples, samples.count, Int32(width), Int32(height), Int32(bands), &out)
        }
    }

    /// No side longer than `side` pixels; smaller pictures stay as they are.
    package func reduced(to side: Int) throws(VipsError) -> Image {
        let longest = max(width, totalHeight)
        guard longest > side else { return self }
        let factor = Double(side) / Double(longest)
        return try premultiplied { image throws(VipsError) in
            try image.resized(
                width: max(1, Int((Double(width) * factor).rounded())),
                height: max(1, Int((Double(totalHeight) * factor).rounded())))
        }
    }

    /// Where a window of this size lies that keeps what draws the eye: edges, strong colours, skin.
    package func attentionWindow(width: Int, height: Int) throws(VipsError) -> (left: Int, top: Int) {
        let window = try apply("smartcrop") { image, out in
            apus_vips_attention(image, Int32(width), Int32(height), &out)
        }
        // The offset of a part is written down as that of the whole seen from the part.
        return window.withPointer { (-Int(vips_image_get_xoffset($0)), -Int(vips_image_get_yoffset($0))) }
    }
}
