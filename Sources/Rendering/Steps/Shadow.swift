import Transformation
import Vips

extension Image {
    /// Nothing is seen of it under an opaque picture; the canvas stays as it is.
    func shadowed(_ shadow: Shadow) throws(VipsError) -> Image {
        guard hasAlpha else { return self }
        // It lies on other lines than what throws it.
        return try inMemory().shadowed(
            right: Int((shadow.x.value * Double(width) / 100).rounded()),
            down: Int((shadow.y.value * Double(totalHeight) / 100).rounded()),
            sigma: shadow.blur.value, strength: shadow.strength.value / 100)
    }
}
