import Transformation
import Vips

extension Image {
    func distorted(_ geometry: DistortionGeometry) throws(VipsError) -> Image {
        let picture = try premultiplied { image throws(VipsError) in
            try image.resized(width: geometry.scaled.width, height: geometry.scaled.height)
        }
        let canvas = geometry.canvas
        switch geometry.map {
        case .projection(let map):
            return try picture.projected(
                width: canvas.width, height: canvas.height, x: (map.a, map.b, map.c), y: (map.d, map.e, map.f),
                denominator: (map.g, map.h, map.i))
        case .arc(let arc):
            return try picture.bent(
                width: canvas.width, height: canvas.height, centre: (arc.centreX, arc.centreY),
                outerRadius: arc.outerRadius, degrees: arc.degrees, upward: arc.bendsUp)
        }
    }
}
