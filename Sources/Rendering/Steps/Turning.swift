import Transformation
import Vips

extension Image {
    func flipped(_ flip: Flip) throws(VipsError) -> Image {
        switch flip {
        case .horizontal: try mirroredHorizontally()
        case .vertical: try inMemory().mirroredVertically()
        case .both: try inMemory().turned(.half)
        }
    }

    /// Clockwise. Quarter turns are exact; for other angles the canvas grows and its corners are transparent.
    func rotated(by degrees: Number) throws(VipsError) -> Image {
        let memory = try inMemory()
        if let whole = degrees.whole, let turn = QuarterTurn(rawValue: whole) { return try memory.turned(turn) }
        let nothing = Pixel(red: 0, green: 0, blue: 0, alpha: 0)
        return try memory.withAlpha().rotated(degrees: degrees.value, on: nothing)
    }
}
