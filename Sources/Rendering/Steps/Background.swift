import Transformation
import Vips

extension Image {
    /// Laid on the step's colour wherever it lets something through.
    ///
    /// - Parameter isBlend: with an opacity in the same step the result is opaque and the colour's own alpha does not
    ///   count (reference §5).
    func laid(on background: Colour, isBlend: Bool) throws(VipsError) -> Image {
        isBlend ? try flattened(on: background.pixel) : try composited(on: background.pixel)
    }
}
