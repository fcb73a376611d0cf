/// `cr`: pixels near one colour take the shades of another (reference §6.8).
package struct ColourReplacement: Hashable, Sendable {
    private static let standardTolerance = Number(35)

    /// Opaque.
    package let to: Colour
    /// The largest distance in CIE L*a*b* (ΔE of 1976) from `from`, 0 to 100.
    package let tolerance: Number
    /// Opaque; nil: the picture's dominant colour.
    package let from: Colour?

    /// `TO`, `TO_TOLERANCE` or `TO_TOLERANCE_FROM`.
    init?(_ text: Substring.UTF8View) {
        let words = text.split(separator: UInt8(ascii: "_"), maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count <= 3, let to = Colour(words[0]) else { return nil }
        self.to = to.opaque
        guard words.count > 1 else {
            (tolerance, from) = (Self.standardTolerance, nil)
            return
        }
        guard let tolerance = Number(words[1], in: 0...100) else { return nil }
        self.tolerance = tolerance
        guard words.count > 2 else {
            from = nil
            return
        }
        guard let from = Colour(words[2]) else { return nil }
        self.from = from.opaque
    }

    package var canonical: String {
        if let from { return [to.canonical, tolerance.canonical, from.canonical].joined(separator: "_") }
        return tolerance == Self.standardTolerance ? to.canonical : to.canonical + "_" + tolerance.canonical
    }
}

extension Colour {
    fileprivate var opaque: Colour { Colour(red: red, green: green, blue: blue) }
}
