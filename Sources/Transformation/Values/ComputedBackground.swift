/// Padding that is made of the picture itself (reference §5).
package enum ComputedBackground: Hashable, Sendable {
    /// The picture, enlarged to the canvas and blurred.
    /// - intensity: 0 to 100; nil follows from the canvas.
    /// - brightness: −255 to 255, added to every channel.
    case blurred(intensity: Int?, brightness: Int)
    /// The commonest colour of the picture's border.
    case dominant
    /// From the commonest colour of one border to that of the one opposite, in the direction of the padding.
    case linearGradient
    /// Between the commonest colours around the four corners.
    case cornerGradient

    private static let intensities = 0...100
    private static let brightnesses = -255...255

    /// The value of `bg`; nil for anything else.
    init?(_ text: String) {
        switch text {
        case "dominant": self = .dominant
        case "gradient_dominant", "gradient_dominant_2": self = .linearGradient
        case "gradient_dominant_4": self = .cornerGradient
        default:
            let words = text.utf8.split(separator: UInt8(ascii: "_"), maxSplits: 3, omittingEmptySubsequences: false)
            guard words.count <= 3, Substring(words[0]) == "blurred" else { return nil }
            var intensity: Int?
            if words.count > 1, Substring(words[1]) != "auto" {
                guard let whole = Number(unsigned: words[1])?.whole, Self.intensities.contains(whole) else {
                    return nil
                }
                intensity = whole
            }
            let brightness = words.count > 2 ? Number(signed: words[2])?.whole : 0
            guard let brightness, Self.brightnesses.contains(brightness) else { return nil }
            self = .blurred(intensity: intensity, brightness: brightness)
        }
    }

    package var canonical: String {
        switch self {
        case .dominant: return "dominant"
        case .linearGradient: return "gradient_dominant"
        case .cornerGradient: return "gradient_dominant_4"
        case .blurred(let intensity, let brightness):
            let strength = intensity.map(String.init) ?? "auto"
            if brightness != 0 { return "blurred_\(strength)_\(Number(brightness).canonical)" }
            return intensity == nil ? "blurred" : "blurred_\(strength)"
        }
    }
}
