/// The radii of the four corners.
package struct CornerRadii: Hashable, Sendable {
    package enum Radius: Hashable, Sendable {
        /// Above or equal to 0; more than half of the shorter side counts as that half.
        case pixels(Number)
        /// Half of each side: an ellipse.
        case maximum

        var canonical: String {
            switch self {
            case .pixels(let pixels): pixels.canonical
            case .maximum: "max"
            }
        }
    }

    package var topLeft: Radius
    package var topRight: Radius
    package var bottomRight: Radius
    package var bottomLeft: Radius

    init(_ radius: Radius) {
        (topLeft, topRight, bottomRight, bottomLeft) = (radius, radius, radius, radius)
    }

    /// One value for all corners, or four: top-left, top-right, bottom-right, bottom-left (reference §6.10).
    init?(_ text: Substring.UTF8View) {
        var radii: [Radius] = []
        for word in text.split(separator: UInt8(ascii: "_"), maxSplits: 4, omittingEmptySubsequences: false) {
            guard let radius = Radius(word) else { return nil }
            radii.append(radius)
        }
        guard radii.count == 1 || radii.count == 4 else { return nil }
        self.init(radii[0])
        if radii.count == 4 {
            (topRight, bottomRight, bottomLeft) = (radii[1], radii[2], radii[3])
        }
    }

    /// The one radius of all corners, if they are equal.
    package var uniform: Radius? {
        topLeft == topRight && topLeft == bottomRight && topLeft == bottomLeft ? topLeft : nil
    }

    /// Whether no corner is rounded.
    package var isZero: Bool { uniform == .pixels(Number(0)) }

    package var canonical: String {
        if let uniform { return uniform.canonical }
        return [topLeft, topRight, bottomRight, bottomLeft].map(\.canonical).joined(separator: "_")
    }
}

extension CornerRadii.Radius {
    init?(_ word: Substring.UTF8View) {
        if Substring(word) == "max" {
            self = .maximum
        } else if let pixels = Number(unsigned: word), pixels <= Number(OutputLimits.maximumSide) {
            self = .pixels(pixels)
        } else {
            return nil
        }
    }
}

/// Mirroring: `fl`.
package enum Flip: String, Hashable, Sendable, CaseIterable {
    /// Left and right change places.
    case horizontal = "h"
    /// Top and bottom change places.
    case vertical = "v"
    case both = "h_v"

    var canonical: String { rawValue }

    init?(_ word: String) {
        self.init(rawValue: word == "v_h" ? "h_v" : word)
    }
}
