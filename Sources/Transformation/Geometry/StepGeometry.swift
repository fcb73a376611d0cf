/// What one resize does to one picture: scale to `scaled`, then cut `crop` out of it, then lay it on `canvas`.
package struct StepGeometry: Hashable, Sendable {
    /// A larger surface, filled with the background, on which the picture is laid with its top-left corner at `x`, `y`.
    package struct Canvas: Hashable, Sendable {
        package var size: Size
        package var x: Int
        package var y: Int

        package init(size: Size, x: Int, y: Int) {
            self.size = size
            self.x = x
            self.y = y
        }
    }

    /// The size that the whole picture is scaled to.
    package var scaled: Size
    /// The part of the scaled picture that is kept; nil keeps all of it.
    package var crop: Rectangle?
    /// Whether `crop` is to be moved to what draws the eye, which only its pixels can tell; it is in the middle here.
    package var followsAttention = false
    /// nil where nothing is padded.
    package var canvas: Canvas?
    /// `scaled.width` ÷ width before; for shrink-on-load.
    package var horizontalScale: Double
    /// `scaled.height` ÷ height before.
    package var verticalScale: Double

    /// The size after the step's resize.
    package var output: Size { canvas?.size ?? crop?.size ?? scaled }
}
