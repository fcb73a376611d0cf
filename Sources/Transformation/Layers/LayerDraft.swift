/// What the parameters of a layer said of the layer itself, wherever in its chain they stand. A later parameter of the
/// same name replaces an earlier one.
struct LayerDraft: Sendable {
    /// `i`
    var plainInput: String?
    /// `ie`, decoded; wins over `i`.
    var encodedInput: String?
    var left: LayerOffset?
    var top: LayerOffset?
    var horizontalCentre: LayerOffset?
    var verticalCentre: LayerOffset?
    /// `lap`
    var anchor: Focus?
    /// `lfo`
    var focus: Focus?
    var mode = LayerMode.over
    /// Tenths, 1 to 9.
    var opacity: Int?
    /// `t` stands somewhere, so that the picture is not trimmed on top of that.
    var namesTrim = false
    var fontSize: Expression?
    /// `ff`
    var font: TextBlock.Font?
    var textColour: Colour?
    /// Whether `co` is a colour's name, on which `al` has no effect (reference §9.5).
    var textColourIsName = false
    var textAlignment: TextBlock.Alignment?
    var textPadding: TextPadding?
    var lineHeight: Expression?
    var isBold = false
    var isItalic = false
    var isStruckThrough = false
}

/// A layer that has been read: like `Layer`, with what is only known when the request is resolved still open.
struct LayerPart: Sendable {
    var content: LayerContent
    var parts: [Transformation.Part]
    var placement: LayerPlacement
    var mode: LayerMode
}

extension LayerDraft {
    var placement: LayerPlacement {
        var placement = LayerPlacement()
        guard left != nil || top != nil || horizontalCentre != nil || verticalCentre != nil else {
            placement.horizontal = .flush(focus?.horizontal ?? .centre)
            placement.vertical = .flush(focus?.vertical ?? .centre)
            return placement
        }
        // An axis that is not named begins at its anchor (reference §16, 15).
        placement.horizontal = left.map { .edge($0) } ?? horizontalCentre.map { .centre($0) } ?? .edge(.zero)
        placement.vertical = top.map { .edge($0) } ?? verticalCentre.map { .centre($0) } ?? .edge(.zero)
        placement.anchor = anchor
        return placement
    }

    /// The colour with `al` in the place of the opacity that it does not name.
    func faded(_ colour: Colour, isName: Bool) -> Colour {
        guard let opacity, colour.opacity == 100, !isName else { return colour }
        return Colour(red: colour.red, green: colour.green, blue: colour.blue, opacity: opacity * 10)
    }
}
