import Transformation
import Vips

/// A layer whose pixels are there, and what becomes of it on its base.
struct DrawnLayer {
    let picture: Image
    let effect: Effect

    enum Effect {
        /// Laid at (`x`, `y`) of the base, in pixels; parts may lie outside.
        case placed(LayerMode.Placed, x: Int, y: Int)
        /// Stretched over the base, whose pixels it moves at most so many pixels to the right and down.
        case displacing(right: Double, down: Double)
    }
}

extension LayerMode {
    /// The modes of a layer that has a place on its base.
    enum Placed {
        case over, multiply, cutter, cutout
    }

    /// nil for the one that has none.
    var placed: Placed? {
        switch self {
        case .over: .over
        case .multiply: .multiply
        case .cutter: .cutter
        case .cutout: .cutout
        case .displace: nil
        }
    }
}

extension Image {
    /// This picture, opaque or not, in 8 bits, with a layer on it.
    func laid(_ layer: DrawnLayer) throws(VipsError) -> Image {
        switch layer.effect {
        case .displacing(let right, let down):
            return try inMemory().displaced(by: layer.picture, right: right, down: down)
        case .placed(let mode, let x, let y):
            switch mode {
            case .over: return try blended(with: layer.picture, .over, left: x, top: y)
            case .multiply: return try blended(with: layer.picture, .multiply, left: x, top: y)
            case .cutter: return try cut(by: layer.picture, left: x, top: y, keepsInside: true)
            case .cutout: return try cut(by: layer.picture, left: x, top: y, keepsInside: false)
            }
        }
    }
}
