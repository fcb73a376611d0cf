import Glibc
import Testing

/// Shrink-on-load must not move the picture: what is decoded at an eighth has rarely a whole number of columns.
@Suite struct AlignmentTests {
    private static let waves = 8.0

    /// Waves across and waves down, in grey, a whole number of each.
    private static func waves(_ width: Int, _ height: Int) -> Picture {
        func wave(_ place: Int, _ length: Int) -> Double {
            sin(2 * .pi * waves * (Double(place) + 0.5) / Double(length))
        }
        return Picture(width: width, height: height, bands: 1) { x, y in
            [UInt8((128 + 60 * wave(x, width) + 60 * wave(y, height)).rounded())]
        }
    }

    /// How far the waves across were moved, in pixels of the picture.
    private static func shift(across picture: Picture) -> Double {
        let columns = (0..<picture.width).map { x in
            (0..<picture.height).reduce(0.0) { $0 + Double(picture.colour(x, $1)[0]) }
        }
        return shift(of: columns)
    }

    private static func shift(down picture: Picture) -> Double {
        let rows = (0..<picture.height).map { y in
            (0..<picture.width).reduce(0.0) { $0 + Double(picture.colour($1, y)[0]) }
        }
        return shift(of: rows)
    }

    /// By the phase that the waves have.
    private static func shift(of values: [Double]) -> Double {
        var (sine, cosine) = (0.0, 0.0)
        for (index, value) in values.enumerated() {
            let angle = 2 * .pi * waves * (Double(index) + 0.5) / Double(values.count)
            sine += value * sin(angle)
            cosine += value * cos(angle)
        }
        return -atan2(cosine, sine) * Double(values.count) / (2 * .pi * waves)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let size: (width: Int, height: Int)
        let width: Int
        var orientation: UInt8 = 1
        var testDescription: String { "\(size) to \(width), orientation \(orientation)" }

        init(_ size: (Int, Int), to width: Int, orientation: UInt8 = 1) {
            (self.size, self.width, self.orientation) = (size, width, orientation)
        }
    }

    @Test(
        "A variant lies where the original lies",
        arguments: [
            Case((801, 603), to: 400), Case((803, 605), to: 200), Case((804, 604), to: 100), Case((805, 607), to: 60),
            Case((801, 609), to: 33), Case((1601, 403), to: 55), Case((800, 600), to: 100),
        ] + (2...8).map { Case((803, 605), to: 150, orientation: $0) })
    func aligned(_ case: Case) throws {
        let upright =
            `case`.orientation >= 5
            ? Self.waves(`case`.size.height, `case`.size.width) : Self.waves(`case`.size.width, `case`.size.height)
        let file = try Originals.jpeg(
            Originals.stored(upright, for: `case`.orientation), orientation: `case`.orientation)
        let variant = try picture("w-\(`case`.width)", of: file)
        #expect(variant.width == `case`.width)
        let (across, down) = (Self.shift(across: variant), Self.shift(down: variant))
        #expect(abs(across) < 0.02 && abs(down) < 0.02, "moved by \(across), \(down)")
    }
}
