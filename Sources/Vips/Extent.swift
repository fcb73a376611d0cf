/// How much of a picture that was decoded smaller than its file is picture. A JPEG of 4620 pixels at an eighth has 578
/// columns, of which 577.5 are picture; whoever takes all of them for picture moves everything by a fraction of a pixel.
struct Extent: Equatable {
    /// In pixels of what was decoded, above 0.
    var width: Double
    var height: Double
    /// Whether the column, or row, that is only partly picture comes first: where the picture was turned since.
    var startsInside = (horizontally: false, vertically: false)

    /// nil if the whole picture comes out even.
    init?(width: Int, height: Int, shrunkBy times: Int) {
        guard width % times != 0 || height % times != 0 else { return nil }
        self.width = Double(width) / Double(times)
        self.height = Double(height) / Double(times)
    }

    /// The same after the turn that makes a picture of this EXIF orientation upright (EXIF 2.3, tag 0x0112).
    func turned(by orientation: Int) -> Extent {
        var turned = self
        switch orientation {
        case 2: turned.startsInside = (true, false)
        case 3: turned.startsInside = (true, true)
        case 4: turned.startsInside = (false, true)
        case 5: turned.startsInside = (false, false)
        case 6: turned.startsInside = (true, false)
        case 7: turned.startsInside = (true, true)
        case 8: turned.startsInside = (false, true)
        default: break
        }
        if (5...8).contains(orientation) { (turned.width, turned.height) = (height, width) }
        return turned
    }

    static func == (one: Extent, other: Extent) -> Bool {
        one.width == other.width && one.height == other.height && one.startsInside == other.startsInside
    }
}
