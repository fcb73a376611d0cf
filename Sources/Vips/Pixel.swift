import CVips

/// A colour in sRGB with opacity, each 0…255.
package struct Pixel: Sendable, Equatable {
    package let red, green, blue, alpha: Double

    package init(red: Double, green: Double, blue: Double, alpha: Double) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// Lends the colour in as many bands as `image` has: grey as luminance, alpha where there is one.
    func withBands<Result>(
        of image: Image, _ body: (UnsafeMutablePointer<VipsArrayDouble>?) throws(VipsError) -> Result
    ) throws(VipsError) -> Result {
        let colours = image.bands < 3 ? [luminance] : [red, green, blue]
        return try withArray(image.hasAlpha ? colours + [alpha] : colours, body)
    }

    /// As `withBands`, but without alpha.
    func withColourBands<Result>(
        of image: Image, _ body: (UnsafeMutablePointer<VipsArrayDouble>?) throws(VipsError) -> Result
    ) throws(VipsError) -> Result {
        try withArray(image.bands < 3 ? [luminance] : [red, green, blue], body)
    }

    package var isGrey: Bool { red == green && green == blue }

    /// Of ITU-R BT.709.
    private var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

    private func withArray<Result>(
        _ values: [Double], _ body: (UnsafeMutablePointer<VipsArrayDouble>?) throws(VipsError) -> Result
    ) throws(VipsError) -> Result {
        let array = vips_array_double_new(values, Int32(values.count))
        defer { vips_area_unref(UnsafeMutableRawPointer(array)?.assumingMemoryBound(to: VipsArea.self)) }
        return try body(array)
    }
}
