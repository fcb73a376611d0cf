import Transformation
import Vips

extension Image {
    /// Without uniform edges; whole where nothing stands out.
    ///
    /// - Parameter box: what is left, if it is known already; set if not. Needs the pixels to be there.
    func trimmed(by threshold: Int, finding box: inout Rectangle?) throws(VipsError) -> Image {
        if box == nil {
            var content = ContentBox()
            try content.add(self, threshold: threshold)
            box = content.box
        }
        guard let box else { return self }
        return try cropped(left: box.x, top: box.y, width: box.size.width, height: box.size.height)
    }
}

/// The smallest box that holds what stands out in any of some pictures of one size.
struct ContentBox {
    /// Nil where nothing stands out.
    private(set) var box: Rectangle?
    /// What it stands out from: the top-left pixel of the first picture.
    private var ground: [Double]?

    mutating func add(_ image: Image, threshold: Int) throws(VipsError) {
        let ground: [Double]
        if let known = self.ground { ground = known } else { ground = try image.cornerValues() }
        self.ground = ground
        guard let found = try image.contentBox(on: ground, threshold: Double(threshold)) else { return }
        let next = Rectangle(x: found.left, y: found.top, width: found.width, height: found.height)
        box = box.map { $0.union(next) } ?? next
    }
}

extension Rectangle {
    fileprivate func union(_ other: Rectangle) -> Rectangle {
        let (left, top) = (min(x, other.x), min(y, other.y))
        let right = max(x + size.width, other.x + other.size.width)
        let bottom = max(y + size.height, other.y + other.size.height)
        return Rectangle(x: left, y: top, width: right - left, height: bottom - top)
    }
}
