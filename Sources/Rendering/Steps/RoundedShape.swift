import Transformation

/// The outline of a picture whose corners are cut off, as SVG draws it.
extension CornerRadii {
    /// The picture's own shape, filled.
    func shape(of size: Size) -> String {
        Self.document(size, Self.outline(arms(in: size), of: size, at: 0, by: 0))
    }

    /// What lies between the picture's shape and one that is larger by `pixels` on each side, which is the document's size.
    ///
    /// It reaches half a pixel over the picture's arcs, where both are half transparent and what lies below would shine
    /// through; straight edges stay sharp.
    func ring(around size: Size, pixels: Int) -> String {
        let outer = Size(width: size.width + 2 * pixels, height: size.height + 2 * pixels)
        let (arms, start) = (arms(in: size), Double(pixels))
        let outline = Self.outline(arms, of: size, at: start, by: start)
        let wider = arms.map { $0.x > 0 && $0.y > 0 ? (x: $0.x + Self.overlap, y: $0.y + Self.overlap) : $0 }
        let isRoom = wider.allSatisfy { 2 * $0.x <= Double(size.width) && 2 * $0.y <= Double(size.height) }
        let hole =
            isRoom
            ? Self.outline(wider, of: size, at: start, by: 0) : Self.outline(arms, of: size, at: start, by: -0.5)
        return Self.document(outer, outline + hole)
    }

    /// By so much longer half axes move the middle of an arc by half a pixel: a half, by the square root of 2 less 1.
    private static let overlap = 1.2

    /// Half axes of the arcs: top-left, top-right, bottom-right, bottom-left.
    private func arms(in size: Size) -> [(x: Double, y: Double)] {
        let (width, height) = (Double(size.width), Double(size.height))
        let half = min(width, height) / 2
        return [topLeft, topRight, bottomRight, bottomLeft].map { radius in
            switch radius {
            case .maximum: (width / 2, height / 2)
            case .pixels(let pixels): (min(pixels.value, half), min(pixels.value, half))
            }
        }
    }

    /// A path around a rectangle at (`start`, `start`), grown by `growth` on each side; corners that are not cut stay sharp.
    private static func outline(
        _ arms: [(x: Double, y: Double)], of size: Size, at start: Double, by growth: Double
    ) -> String {
        let (left, top) = (start - growth, start - growth)
        let (right, bottom) = (start + Double(size.width) + growth, start + Double(size.height) + growth)
        let grown = arms.map { arm in
            arm.x > 0 && arm.y > 0 ? (x: max(0, arm.x + growth), y: max(0, arm.y + growth)) : (x: 0, y: 0)
        }
        let (a, b, c, d) = (grown[0], grown[1], grown[2], grown[3])
        return """
            M\(left + a.x) \(top)H\(right - b.x)A\(b.x) \(b.y) 0 0 1 \(right) \(top + b.y)V\(bottom - c.y)\
            A\(c.x) \(c.y) 0 0 1 \(right - c.x) \(bottom)H\(left + d.x)A\(d.x) \(d.y) 0 0 1 \(left) \(bottom - d.y)\
            V\(top + a.y)A\(a.x) \(a.y) 0 0 1 \(left + a.x) \(top)Z
            """
    }

    private static func document(_ size: Size, _ path: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(size.width)" height="\(size.height)">\
        <path fill-rule="evenodd" d="\(path)"/></svg>
        """
    }
}
