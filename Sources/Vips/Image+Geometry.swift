import CVips

extension Image {
    /// Scales to exactly `width` × `height` pixels; of an animation only one frame at a time (Lanczos 3).
    package func resized(width: Int, height: Int) throws(VipsError) -> Image {
        if let extent { return try resized(extent, width: width, height: height) }
        if width == self.width, height == self.height { return self }
        let scaled = try apply("resize") { image, out in
            apus_vips_resize(
                image, Double(width) / Double(self.width), Double(height) / Double(self.totalHeight), &out)
        }
        guard scaled.width == width, scaled.totalHeight == height else { return try scaled.fitted(width, height) }
        return scaled
    }

    /// libvips rounds sizes by itself; where it came out a pixel off, the edge is cut or repeated.
    private func fitted(_ width: Int, _ height: Int) throws(VipsError) -> Image {
        let cut = try cropped(left: 0, top: 0, width: min(width, self.width), height: min(height, totalHeight))
        guard cut.width < width || cut.totalHeight < height else { return cut }
        let factor = (Double(width) / Double(cut.width), Double(height) / Double(cut.totalHeight))
        return try cut.apply("resize") { image, out in apus_vips_resize(image, factor.0, factor.1, &out) }
    }

    /// The part that begins at (`left`, `top`); it must lie inside.
    package func cropped(left: Int, top: Int, width: Int, height: Int) throws(VipsError) -> Image {
        if left == 0, top == 0, width == self.width, height == totalHeight { return self }
        return try apply("crop") { image, out in
            apus_vips_crop(image, Int32(left), Int32(top), Int32(width), Int32(height), &out)
        }
    }

    /// The picture at (`left`, `top`) of a larger canvas of one colour.
    package func embedded(left: Int, top: Int, width: Int, height: Int, on colour: Pixel) throws(VipsError) -> Image {
        if left == 0, top == 0, width == self.width, height == totalHeight { return self }
        return try colour.withBands(of: self) { background throws(VipsError) in
            try apply("embed") { image, out in
                apus_vips_embed(image, Int32(left), Int32(top), Int32(width), Int32(height), background, &out)
            }
        }
    }

    /// Upright, by its EXIF orientation, which is gone afterwards. Needs the pixels in any order: see `inMemory`.
    package func upright() throws(VipsError) -> Image {
        let upright = try apply("autorot") { image, out in apus_vips_autorot(image, &out) }
        return extent.map { upright.within($0.turned(by: orientation)) } ?? upright
    }

    package enum QuarterTurn: Int { case clockwise = 90, half = 180, counterClockwise = 270 }

    package func turned(_ turn: QuarterTurn) throws(VipsError) -> Image {
        let angle =
            switch turn {
            case .clockwise: VIPS_ANGLE_D90
            case .half: VIPS_ANGLE_D180
            case .counterClockwise: VIPS_ANGLE_D270
            }
        return try apply("rot") { image, out in apus_vips_rot(image, angle, &out) }
    }

    /// Turned clockwise by any angle; the canvas grows to hold the whole picture. Not for a `premultiplied` one: here
    /// libvips multiplies by alpha itself.
    package func rotated(degrees: Double, on colour: Pixel) throws(VipsError) -> Image {
        let exact = try apply("cast") { apus_vips_cast($0, VIPS_FORMAT_FLOAT, &$1) }
        return try colour.withBands(of: self) { background throws(VipsError) in
            try exact.apply("rotate") { image, out in apus_vips_rotate(image, degrees, background, &out) }
        }.rounded(to: bandFormat)
    }

    package func mirroredHorizontally() throws(VipsError) -> Image {
        try apply("flip") { image, out in apus_vips_flip(image, VIPS_DIRECTION_HORIZONTAL, &out) }
    }

    package func mirroredVertically() throws(VipsError) -> Image {
        try apply("flip") { image, out in apus_vips_flip(image, VIPS_DIRECTION_VERTICAL, &out) }
    }

    // MARK: Frames

    /// One frame of an animation as a picture of its own.
    package func frame(_ index: Int) throws(VipsError) -> Image {
        let height = self.height
        if frameCount == 1 { return self }
        return try cropped(left: 0, top: index * height, width: width, height: height)
    }

    /// An animation of frames of one size; delays and loops are those of the first frame's animation.
    package static func animation(of frames: [Image]) throws(VipsError) -> Image {
        guard let first = frames.first, frames.count > 1 else {
            throw .failed(operation: "join frames", log: "too few")
        }
        let height = first.totalHeight
        let joined = try withExtendedLifetime(frames) { () throws(VipsError) in
            var pointers: [UnsafeMutablePointer<VipsImage>?] = frames.map { frame in frame.withPointer { $0 } }
            return try make("join frames", limit: first.limit) { out in
                apus_vips_join_frames(&pointers, Int32(frames.count), &out)
            }
        }
        return try joined.withPageHeight(height)
    }

    private func withPageHeight(_ height: Int) throws(VipsError) -> Image {
        let copy = try apply("copy") { image, out in apus_vips_copy(image, &out) }
        copy.withPointer { vips_image_set_int($0, VIPS_META_PAGE_HEIGHT, Int32(height)) }
        return copy
    }
}
