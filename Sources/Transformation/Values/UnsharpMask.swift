/// `e-usm`: what a picture has beyond its blurred self, added to it again (reference §6.4).
package struct UnsharpMask: Hashable, Sendable {
    /// How many pixels around are looked at; 0 leaves it to sigma.
    package let radius: Number
    /// Of the blur, in pixels.
    package let sigma: Number
    /// Factor on the difference.
    package let amount: Number
    /// Fraction of the full range, 0 to 1, below which twice the difference is left alone.
    package let threshold: Number

    private init(radius: Number, sigma: Number, amount: Number, threshold: Number) {
        self.radius = min(radius, Number(100))
        self.sigma = min(sigma, Number(100))
        self.amount = min(amount, Number(100))
        self.threshold = min(threshold, Number(1))
    }

    /// `RADIUS-SIGMA-AMOUNT-THRESHOLD`; without a value those of the reference's example.
    init?(_ text: String?) {
        let given = text.flatMap { $0.isEmpty || $0 == "true" ? nil : $0 } ?? "2-2-0.8-0.024"
        let words = given.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 4, omittingEmptySubsequences: false)
        let numbers = words.compactMap { Number(unsigned: Substring($0).utf8) }
        guard words.count == 4, numbers.count == 4 else { return nil }
        self.init(radius: numbers[0], sigma: numbers[1], amount: numbers[2], threshold: numbers[3])
    }

    /// Whether no pixel changes.
    var isNothing: Bool { sigma == Number(0) || amount == Number(0) }

    package var canonical: String {
        [radius, sigma, amount, threshold].map(\.canonical).joined(separator: "-")
    }
}
