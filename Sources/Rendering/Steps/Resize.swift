import Transformation
import Vips

extension Image {
    /// Scaled to the size that the geometry says, and the part of it that is kept.
    ///
    /// - Parameter window: where an earlier frame had what draws the eye; set where this is the first.
    func scaledAndCropped(
        _ geometry: StepGeometry, finding window: inout Rectangle?
    ) throws(VipsError) -> Image {
        guard let crop = geometry.crop else { return try scaled(to: geometry.scaled) }
        guard geometry.followsAttention, window == nil else {
            return try scaled(to: geometry.scaled).cropped(to: window ?? crop)
        }
        // The pixels are read twice, so they have to be there; before or after scaling, wherever there are fewer.
        let isEnlarged = geometry.scaled.pixels > Size(width: width, height: totalHeight).pixels
        let searched = try isEnlarged ? inMemory() : scaled(to: geometry.scaled).inMemory()
        let found = try searched.attentionWindow(crop, of: geometry.scaled)
        window = found
        return try searched.scaled(to: geometry.scaled).cropped(to: found)
    }

    private func scaled(to size: Size) throws(VipsError) -> Image {
        return try premultiplied { image throws(VipsError) in
            try image.resized(width: size.width, height: size.height)
        }
    }

    private func cropped(to part: Rectangle) throws(VipsError) -> Image {
        try cropped(left: part.x, top: part.y, width: part.size.width, height: part.size.height)
    }

    /// Sides of the small copy in which is searched what draws the eye: libvips itself looks at 32 by 32 places.
    private static let searchedSide = 256
    private static let places = 32
    /// Where no channel differs by more, nothing draws the eye (reference §4.4: then the middle).
    private static let leastContrast = 4

    /// `crop`, moved to what draws the eye in this picture once it is scaled to `whole`.
    private func attentionWindow(_ crop: Rectangle, of whole: Size) throws(VipsError) -> Rectangle {
        let small = try reduced(to: Self.searchedSide).inSRGB().inMemory()
        guard try small.reduced(to: Self.places).contrast() >= Self.leastContrast else { return crop }
        let horizontal = Axis(small: small.width, whole: whole.width, window: crop.size.width)
        let vertical = Axis(small: small.totalHeight, whole: whole.height, window: crop.size.height)
        let (left, top) = try small.attentionWindow(width: horizontal.smallWindow, height: vertical.smallWindow)
        return Rectangle(
            x: horizontal.start(left), y: vertical.start(top), width: crop.size.width, height: crop.size.height)
    }
}

extension Image {
    /// The largest difference within a channel.
    private func contrast() throws(VipsError) -> Int {
        let samples = try samples()
        return (0..<bands).reduce(0) { largest, band in
            let values = stride(from: band, to: samples.count, by: bands).lazy.map { Int(samples[$0]) }
            return max(largest, (values.max() ?? 0) - (values.min() ?? 0))
        }
    }
}

/// One axis of a window, in a small copy and in the whole.
private struct Axis {
    let small: Int
    let whole: Int
    let window: Int

    var smallWindow: Int {
        max(1, min(small, Int((Double(window) * Double(small) / Double(whole)).rounded())))
    }

    /// Where the window begins in the whole, so that its middle is that of the small window.
    func start(_ smallStart: Int) -> Int {
        let middle = (Double(smallStart) + Double(smallWindow) / 2) * Double(whole) / Double(small)
        return max(0, min(whole - window, Int((middle - Double(window) / 2).rounded())))
    }
}
