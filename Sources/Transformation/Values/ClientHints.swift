/// What the client says of its screen, for `w-auto` and `dpr-auto` (reference §4.9). A hint that is missing or of no
/// use counts as not sent.
package struct ClientHints: Hashable, Sendable {
    /// The hints that an answer depends on.
    package struct Kinds: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let width = Kinds(rawValue: 1)
        package static let pixelRatio = Kinds(rawValue: 2)
    }

    /// No screen shows more (8K has 7680), and no header is to ask for the largest pictures: what is wider counts as this,
    /// a multiple of the unit, here and at nginx (hints.conf).
    private static let widestScreen = 8_000

    /// `Sec-CH-Width`: pixels of the place for the picture, in device pixels, 1…8,000.
    package let width: Int?
    /// `Sec-CH-DPR`: device pixels for each CSS pixel.
    package let pixelRatio: Number?

    package init(width: Int? = nil, pixelRatio: Number? = nil) {
        self.width = width.flatMap { $0 >= 1 ? min($0, Self.widestScreen) : nil }
        self.pixelRatio = pixelRatio.flatMap { Resize.pixelRatioRange.contains($0.value) ? $0 : nil }
    }

    /// - Parameters:
    ///   - width: the value of `Sec-CH-Width`, or `Width` of older clients.
    ///   - pixelRatio: the value of `Sec-CH-DPR`, or `DPR`.
    package init(width: String?, pixelRatio: String?) {
        func number(_ text: String?) -> Number? { text.flatMap { Number(unsigned: Substring($0).utf8) } }
        self.init(width: number(width).map { Int($0.value.rounded(.up)) }, pixelRatio: number(pixelRatio))
    }

    /// Widths are rounded up to a multiple of this, so that few variants serve all screens.
    private static let widthUnit = 100

    /// What `w-auto` stands for.
    var requestedWidth: Int? {
        width.map { ($0 + Self.widthUnit - 1) / Self.widthUnit * Self.widthUnit }
    }

    /// What `dpr-auto` stands for: rounded up to halves, for the same reason.
    var requestedPixelRatio: Number? {
        pixelRatio.flatMap { Number(rounding: ($0.value * 2).rounded(.up) / 2) }
    }

    /// The value of `Content-DPR` for a picture of this width, to two decimals; nil without both hints.
    package func contentPixelRatio(deliveredWidth: Int) -> Double? {
        guard let width, let pixelRatio else { return nil }
        return (Double(deliveredWidth) * pixelRatio.value / Double(width) * 100).rounded() / 100
    }
}

extension StepDraft {
    /// The hints that the step asks for.
    var hints: ClientHints.Kinds {
        var kinds: ClientHints.Kinds = []
        if widthFollowsHint { kinds.insert(.width) }
        if pixelRatioFollowsHint { kinds.insert(.pixelRatio) }
        return kinds
    }

    /// The step with hints in the place of `auto`: without one `w-auto` is absent and `dpr-auto` is 1.
    func applying(_ hints: ClientHints) -> StepDraft {
        var draft = self
        if widthFollowsHint { draft.width = hints.requestedWidth.map { .pixels($0) } }
        if pixelRatioFollowsHint {
            // A width hint is in device pixels already.
            let isCounted = widthFollowsHint && hints.width != nil
            draft.pixelRatio = isCounted ? nil : hints.requestedPixelRatio.map { Expression($0) }
        }
        return draft
    }
}
