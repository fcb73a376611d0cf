/// A drawn text.
package struct TextBitmap: Sendable, Equatable {
    /// Rows from top to bottom without gaps, four bytes a pixel: red, green, blue, alpha; straight, not premultiplied.
    package let pixels: [UInt8]
    /// In pixels, at least 1.
    package let width: Int
    package let height: Int

    /// Nothing to show: one transparent row.
    static func transparent(width: Int) -> TextBitmap {
        TextBitmap(pixels: [UInt8](repeating: 0, count: 4 * width), width: width, height: 1)
    }
}
