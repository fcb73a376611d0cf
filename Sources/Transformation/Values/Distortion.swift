/// `e-distort` (reference §6.7).
package enum Distortion: Hashable, Sendable {
    /// The four corners are moved to these points, in pixels.
    case perspective(Quadrilateral)
    /// Bent to an arc of as many degrees, -360 to 360 and not 0: upward where they are positive.
    case arc(degrees: Int)

    /// `p-X1_Y1_X2_Y2_X3_Y3_X4_Y4` or `a-DEGREES`.
    init?(_ text: Substring.UTF8View) {
        let words = text.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2 else { return nil }
        switch String(Substring(words[0])) {
        case "p":
            guard let corners = Quadrilateral(words[1]) else { return nil }
            self = .perspective(corners)
        case "a":
            guard let degrees = Number(words[1], in: -360...360)?.whole, degrees != 0 else { return nil }
            self = .arc(degrees: degrees)
        default: return nil
        }
    }

    package var canonical: String {
        switch self {
        case .perspective(let corners): "p-" + corners.canonical
        case .arc(let degrees): "a-" + Number(degrees).canonical
        }
    }
}

/// Four corners, clockwise from the top left, of a shape that is convex and not mirrored.
package struct Quadrilateral: Hashable, Sendable {
    package struct Point: Hashable, Sendable {
        package let x: Int
        package let y: Int
    }

    package let topLeft: Point
    package let topRight: Point
    package let bottomRight: Point
    package let bottomLeft: Point

    init?(_ text: Substring.UTF8View) {
        let words = text.split(separator: UInt8(ascii: "_"), maxSplits: 8, omittingEmptySubsequences: false)
        let side = OutputLimits.maximumSide
        let values = words.compactMap { Number($0, in: -side...side)?.whole }
        guard words.count == 8, values.count == 8 else { return nil }
        topLeft = Point(x: values[0], y: values[1])
        topRight = Point(x: values[2], y: values[3])
        bottomRight = Point(x: values[4], y: values[5])
        bottomLeft = Point(x: values[6], y: values[7])
        guard isUpright, isConvex else { return nil }
    }

    /// Left is left and top is top.
    private var isUpright: Bool {
        topLeft.x < topRight.x && topLeft.x < bottomRight.x && bottomLeft.x < topRight.x && bottomLeft.x < bottomRight.x
            && topLeft.y < bottomRight.y && topLeft.y < bottomLeft.y && topRight.y < bottomRight.y
            && topRight.y < bottomLeft.y
    }

    /// Every corner turns clockwise; else the picture would fold over itself.
    private var isConvex: Bool {
        let corners = corners
        return corners.indices.allSatisfy { index in
            let (a, b, c) = (corners[index], corners[(index + 1) % 4], corners[(index + 2) % 4])
            return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) > 0
        }
    }

    var corners: [Point] { [topLeft, topRight, bottomRight, bottomLeft] }

    var canonical: String {
        corners.map { Number($0.x).canonical + "_" + Number($0.y).canonical }.joined(separator: "_")
    }
}
