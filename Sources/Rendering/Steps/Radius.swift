import Transformation
import Vips

extension Image {
    /// Corners cut away as an antialiased mask of four elliptic arcs.
    func rounded(_ radii: CornerRadii, limit: TimeLimit) throws(VipsError) -> Image {
        if radii.isZero { return self }
        return try masked(by: Image.mask(svg: radii.shape(of: size), limit: limit))
    }
}
