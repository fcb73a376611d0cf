import Transformation
import Vips

extension Image {
    /// What a step does after its resize, in the order of reference §3.2, wherever the URL wrote it.
    func applying(
        _ step: Step, _ geometry: EffectGeometry, finding colours: inout Findings.Colours, limit: TimeLimit
    ) throws(VipsError) -> Image {
        var image = self
        if let replacement = step.replacement {
            image = try image.replacing(replacement, finding: &colours.dominant)
        }
        if step.isGrayscale { image = try image.inGrey() }
        if step.stretchesContrast { image = try image.withFullContrast(finding: &colours.brightness) }
        if let tint = step.tint { image = try image.tinted(tint) }
        if let blur = step.blur { image = try image.blurred(sigma: blur.value) }
        if let strength = step.sharpening { image = try image.sharpened(by: strength) }
        if let mask = step.unsharpMask { image = try image.sharpened(mask) }
        if let gradient = step.gradient, let line = geometry.gradient { image = try image.under(gradient, line) }
        if let distortion = geometry.distortion { image = try image.distorted(distortion) }
        if let radius = step.radius { image = try image.rounded(radius, limit: limit) }
        if let border = step.border {
            image = try image.bordered(border, pixels: geometry.border, around: step.radius, limit: limit)
        }
        if let flip = step.flip { image = try image.flipped(flip) }
        if let rotation = step.rotation { image = try image.rotated(by: rotation) }
        if let shadow = step.shadow { image = try image.shadowed(shadow) }
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
