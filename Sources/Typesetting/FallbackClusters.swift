import CPango

/// Letters with marks that their font lacks. Pango would take the mark alone from another font, which does not know
/// where to put it: such a letter is taken from there as a whole.
struct FallbackClusters {
    /// A family with the marks of Latin, Greek and Cyrillic.
    static let family = "Noto Sans"

    /// In bytes of the text's UTF-8.
    private(set) var ranges: [Range<Int>] = []

    init(_ text: String, font: UnsafeMutablePointer<PangoFont>) {
        var start = 0
        for cluster in text {
            let end = start + cluster.utf8.count
            let marks = cluster.unicodeScalars.dropFirst()
            if marks.contains(where: { Self.isMark($0) && pango_font_has_char(font, $0.value) == 0 }) {
                ranges.append(start..<end)
            }
            start = end
        }
    }

    /// Variation selectors are marks by category, but nothing that a font draws.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .nonspacingMark && !scalar.properties.isVariationSelector
    }
}
