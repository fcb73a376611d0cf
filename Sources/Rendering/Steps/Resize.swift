import Transformation
import Vips

extension Image {
    /// Scaled to the size that the geometry says, and the part of it that is kept.
    func scaledAndCropped(_ geometry: StepGeometry) throws(VipsError) -> Image {
        let needsScaling = geometry.scaled.width != width || geometry.scaled.height != totalHeight
        let scaled =
            needsScaling
            ? try premultiplied { image throws(VipsError) in
                try image.resized(width: geometry.scaled.width, height: geometry.scaled.height)
            } : self
        guard let crop = geometry.crop else { return scaled }
        return try scaled.cropped(left: crop.x, top: crop.y, width: crop.size.width, height: crop.size.height)
    }
}
