import Transformation
import Vips

/// A layer whose pixels are there, and where it goes on its base.
struct DrawnLayer {
    let picture: Image
    let mode: LayerMode
    /// The top-left corner on the base, in pixels; of a displacement map how far it moves pixels at most.
    let x, y: Double
}

extension Image {
    /// This picture, opaque or not, in 8 bits, with a layer on it.
    func laid(_ layer: DrawnLayer) throws(VipsError) -> Image {
        let (left, top) = (Int(layer.x), Int(layer.y))
        switch layer.mode {
        case .over: return try blended(with: layer.picture, .over, left: left, top: top)
        case .multiply: return try blended(with: layer.picture, .multiply, left: left, top: top)
        case .cutter: return try cut(by: layer.picture, left: left, top: top, keepsInside: true)
        case .cutout: return try cut(by: layer.picture, left: left, top: top, keepsInside: false)
        case .displace:
            if layer.x == 0, layer.y == 0 { return self }
            return try inMemory().displaced(by: layer.picture, right: layer.x, down: layer.y)
        }
    }
}
