import Transformation
import Vips

extension Image {
    /// - Parameter dominant: the dominant colour of an earlier frame; set where this is the first and it is asked for.
    func replacing(
        _ replacement: ColourReplacement, finding dominant: inout Pixel?
    ) throws(VipsError) -> Image {
        let (to, tolerance) = (replacement.to.pixel, replacement.tolerance.value)
        if let from = replacement.from?.pixel { return try replacing(from, with: to, tolerance: tolerance) }
        // The pixels are read twice.
        let memory = try inMemory()
        if dominant == nil { dominant = try memory.dominantColour() }
        guard let dominant else { return memory }
        return try memory.replacing(dominant, with: to, tolerance: tolerance)
    }

    /// - Parameter brightness: that of an earlier frame; set where this is the first.
    func withFullContrast(finding brightness: inout ClosedRange<Double>?) throws(VipsError) -> Image {
        let memory = try inMemory()
        let range: ClosedRange<Double>
        if let brightness { range = brightness } else { range = try memory.brightnessRange() }
        brightness = range
        return try memory.withBrightness(spreadFrom: range)
    }

    func tinted(_ tint: Tint) throws(VipsError) -> Image { try tinted(tint.colour.pixel, share: tint.share) }
}
