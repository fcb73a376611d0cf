/// `e-shadow`: a black shadow under what a picture with transparency shows (reference §6.5).
package struct Shadow: Hashable, Sendable {
    /// The most pixels that a picture may have under a shadow (reference §13.1).
    package static let maximumPixels = 2_000_000

    /// Gaussian sigma in pixels, 0 to 15.
    package let blur: Number
    /// Percent, 0 to 100.
    package let strength: Number
    /// Percent of the picture's width to the right, and of its height down; -100 to 100.
    package let x: Number
    package let y: Number

    private static let standard = (blur: Number(10), strength: Number(30), x: Number(2), y: Number(2))

    /// `bl-BLUR_st-STRENGTH_x-PERCENT_y-PERCENT`, each of which may be left out.
    init?(_ text: String?) {
        let standard = Self.standard
        guard let arguments = EffectArguments(text, names: ["bl", "st", "x", "y"]),
            let blur = arguments.value("bl", or: standard.blur, { Number($0, in: 0...15) }),
            let strength = arguments.value("st", or: standard.strength, { Number($0, in: 0...100) }),
            let x = arguments.value("x", or: standard.x, { Number($0, in: -100...100) }),
            let y = arguments.value("y", or: standard.y, { Number($0, in: -100...100) })
        else { return nil }
        self.blur = blur
        self.strength = strength
        self.x = x
        self.y = y
    }

    package var canonical: String {
        var items: [String] = []
        if blur != Self.standard.blur { items.append("bl-" + blur.canonical) }
        if strength != Self.standard.strength { items.append("st-" + strength.canonical) }
        if x != Self.standard.x { items.append("x-" + x.canonical) }
        if y != Self.standard.y { items.append("y-" + y.canonical) }
        return items.joined(separator: "_")
    }
}
