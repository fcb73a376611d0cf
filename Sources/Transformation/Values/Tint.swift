/// `e-colorize`: one colour mixed into the whole picture (reference §6.8).
package struct Tint: Hashable, Sendable {
    private static let standardColour = Colour(red: 128, green: 128, blue: 128)
    private static let standardIntensity = Number(100)

    package let colour: Colour
    /// Percent of the mix that is the colour, 0 to 100.
    package let intensity: Number

    /// `co-COLOUR_in-PERCENT`, each of which may be left out.
    init?(_ text: String?) {
        guard let arguments = EffectArguments(text, names: ["co", "in"]),
            let colour = arguments.value("co", or: Self.standardColour, { Colour($0) }),
            let intensity = arguments.value("in", or: Self.standardIntensity, { Number($0, in: 0...100) })
        else { return nil }
        self.colour = colour
        self.intensity = intensity
    }

    /// The share of the colour, 0…1: one that lets something through counts less.
    package var share: Double { intensity.value / 100 * Double(colour.opacity) / 100 }

    package var canonical: String {
        var items: [String] = []
        if colour != Self.standardColour { items.append("co-" + colour.canonical) }
        if intensity != Self.standardIntensity { items.append("in-" + intensity.canonical) }
        return items.joined(separator: "_")
    }
}
