import Transformation
import Vips

extension Image {
    /// What a step does after its resize, in the order of reference §3.2, wherever the URL wrote it.
    func applying(_ step: Step, limit: TimeLimit) throws(VipsError) -> Image {
        var image = self
        if step.isGrayscale { image = try image.inGrey() }
        if let blur = step.blur { image = try image.blurred(sigma: blur.value) }
        if let radius = step.radius { image = try image.rounded(radius, limit: limit) }
        if let flip = step.flip { image = try image.flipped(flip) }
        if let rotation = step.rotation { image = try image.rotated(by: rotation) }
        if let opacity = step.opacity { image = try image.faded(by: Double(opacity) / 100) }
        if let background = step.background { image = try image.laid(on: background, isBlend: step.opacity != nil) }
        return image
    }
}

extension Colour {
    var pixel: Pixel {
        Pixel(red: Double(red), green: Double(green), blue: Double(blue), alpha: Double(opacity) * 255 / 100)
    }
}
