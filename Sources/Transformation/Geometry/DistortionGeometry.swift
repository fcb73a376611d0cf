#if canImport(Glibc)
    internal import func Glibc.cos
    internal import func Glibc.sin
#endif

/// Where each pixel of a distorted picture comes from.
package struct DistortionGeometry: Hashable, Sendable {
    package enum Map: Hashable, Sendable {
        case projection(Projection)
        case arc(Arc)
    }

    /// The size that the picture is brought to before: what would be made smaller later is made smaller here.
    package let scaled: Size
    /// The size afterwards.
    package let canvas: Size
    package let map: Map
}

/// (x, y) comes from ((a x + b y + c) ÷ (g x + h y + i), (d x + e y + f) ÷ (g x + h y + i)), as fractions of the sides
/// of the picture before; x and y in pixels from the canvas's corner.
package struct Projection: Hashable, Sendable {
    package let a, b, c, d, e, f, g, h, i: Double
}

/// A picture bent around a point: its middle line keeps its length, its verticals become radii.
package struct Arc: Hashable, Sendable {
    /// The point, in pixels from the canvas's corner.
    package let centreX: Double
    package let centreY: Double
    /// Of the edge that becomes the longer one: the top if `bendsUp`, else the bottom.
    package let outerRadius: Double
    /// Over the whole width; above 0.
    package let degrees: Double
    package let bendsUp: Bool
}

extension Distortion {
    /// - Parameter size: of the picture before.
    package func geometry(of size: Size) -> DistortionGeometry {
        switch self {
        case .perspective(let corners): corners.geometry(of: size)
        case .arc(let degrees): Self.arc(degrees: degrees, of: size)
        }
    }

    private static func arc(degrees: Int, of size: Size) -> DistortionGeometry {
        let (width, height) = (Double(size.width), Double(size.height))
        let angle = Double(degrees.magnitude) * .pi / 180
        // Short and high pictures are widened rather than folded over the centre.
        let middle = max(width / angle, height / 2)
        let (outer, inner) = (middle + height / 2, middle - height / 2)
        let half = angle / 2
        let halfWidth = half < .pi / 2 ? outer * sin(half) : outer
        let deepest = cos(half) * (half < .pi / 2 ? inner : outer)
        let canvas = Size(width: roundedUp(2 * halfWidth), height: roundedUp(outer - deepest))
        let bendsUp = degrees > 0
        let arc = Arc(
            centreX: Double(canvas.width) / 2, centreY: bendsUp ? outer : Double(canvas.height) - outer,
            outerRadius: outer, degrees: Double(degrees.magnitude), bendsUp: bendsUp)
        return DistortionGeometry(scaled: size, canvas: canvas, map: .arc(arc))
    }

    /// To the next whole pixel, but not for what is only the error of arithmetic.
    private static func roundedUp(_ value: Double) -> Int { wholePixels((value - 1e-6).rounded(.up)) }
}

extension Quadrilateral {
    fileprivate func geometry(of size: Size) -> DistortionGeometry {
        let (xs, ys) = (corners.map(\.x), corners.map(\.y))
        let (left, top) = (min(topLeft.x, bottomLeft.x), min(topLeft.y, topRight.y))
        let canvas = Size(width: (xs.max() ?? left) - left, height: (ys.max() ?? top) - top)
        let across = max(topLeft.distance(to: topRight), bottomLeft.distance(to: bottomRight))
        let down = max(topLeft.distance(to: bottomLeft), topRight.distance(to: bottomRight))
        let scaled = Size(
            width: min(size.width, wholePixels(across)), height: min(size.height, wholePixels(down)))
        return DistortionGeometry(
            scaled: scaled, canvas: canvas, map: .projection(projection(from: left, top)))
    }

    /// The inverse of the projection that takes the unit square to the four corners (P. Heckbert, 1989, §2.2.3).
    private func projection(from left: Int, _ top: Int) -> Projection {
        let x = corners.map { Double($0.x - left) }
        let y = corners.map { Double($0.y - top) }
        let (dx1, dx2, sx) = (x[1] - x[2], x[3] - x[2], x[0] - x[1] + x[2] - x[3])
        let (dy1, dy2, sy) = (y[1] - y[2], y[3] - y[2], y[0] - y[1] + y[2] - y[3])
        let determinant = dx1 * dy2 - dx2 * dy1
        let g = (sx * dy2 - dx2 * sy) / determinant
        let h = (dx1 * sy - sx * dy1) / determinant
        let (a, b, c) = (x[1] - x[0] + g * x[1], x[3] - x[0] + h * x[3], x[0])
        let (d, e, f) = (y[1] - y[0] + g * y[1], y[3] - y[0] + h * y[3], y[0])
        return Projection(
            a: e - f * h, b: c * h - b, c: b * f - c * e, d: f * g - d, e: a - c * g, f: c * d - a * f,
            g: d * h - e * g, h: b * g - a * h, i: a * e - b * d)
    }
}

extension Quadrilateral.Point {
    fileprivate func distance(to other: Quadrilateral.Point) -> Double {
        let (dx, dy) = (Double(other.x - x), Double(other.y - y))
        return (dx * dx + dy * dy).squareRoot()
    }
}
