import Transformation
import Vips

extension Image {
    /// Corners cut away as an antialiased mask of four elliptic arcs.
    func rounded(_ radii: CornerRadii, limit: TimeLimit) throws(VipsError) -> Image {
        if radii.isZero { return self }
        let mask = try Image.mask(svg: Self.document(radii, width: width, height: totalHeight), limit: limit)
        return try masked(by: mask)
    }

    private static func document(_ radii: CornerRadii, width: Int, height: Int) -> String {
        let (w, h) = (Double(width), Double(height))
        let half = min(w, h) / 2
        func arms(_ radius: CornerRadii.Radius) -> (x: Double, y: Double) {
            switch radius {
            case .maximum: (w / 2, h / 2)
            case .pixels(let pixels): (min(pixels.value, half), min(pixels.value, half))
            }
        }
        let (a, b, c, d) = (arms(radii.topLeft), arms(radii.topRight), arms(radii.bottomRight), arms(radii.bottomLeft))
        let path = """
            M\(a.x) 0H\(w - b.x)A\(b.x) \(b.y) 0 0 1 \(w) \(b.y)V\(h - c.y)A\(c.x) \(c.y) 0 0 1 \(w - c.x) \(h)\
            H\(d.x)A\(d.x) \(d.y) 0 0 1 0 \(h - d.y)V\(a.y)A\(a.x) \(a.y) 0 0 1 \(a.x) 0Z
            """
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)"><path d="\(path)"/></svg>
            """
    }
}
