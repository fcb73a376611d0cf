/// How large a drawing says that it is, as far as it can be too large (SVG 2 §7.2, §8.2).
struct DrawingSize {
    /// In pixels; `nil` where it says nothing, or a part of what it lies in.
    private var width: Double?
    private var height: Double?
    /// Whether it is told in units of a font, of which only the most is known here.
    private var isGuessed = false

    /// - Parameter attributes: of the root element.
    init(_ attributes: [AttributeList.Attribute]) {
        var viewBox: [Double] = []
        for attribute in attributes {
            let text = String(decoding: attribute.value, as: UTF8.self)
            switch attribute.name {
            case "width": width = pixels(text)
            case "height": height = pixels(text)
            case "viewBox":
                viewBox = text.split { $0 == " " || $0 == "," }.prefix(5).map { Double(String($0)) ?? .infinity }
            // In a style they count as well, and more.
            case "style":
                for declaration in text.split(separator: ";") {
                    if declaration.hasPrefix("width:") { width = pixels(String(declaration.dropFirst(6))) }
                    if declaration.hasPrefix("height:") { height = pixels(String(declaration.dropFirst(7))) }
                }
            default: break
            }
        }
        guard viewBox.count == 4 else { return }
        // One of them is enough for both, by the shape of the other.
        let (unitsAcross, unitsDown) = (viewBox[2], viewBox[3])
        switch (width, height) {
        case (nil, nil): (width, height) = (unitsAcross, unitsDown)
        case (let known?, nil): height = known * unitsDown / unitsAcross
        case (nil, let known?): width = known * unitsAcross / unitsDown
        default: break
        }
    }

    func check(maximum: Int) throws(SVGError) {
        for side in [width, height] {
            guard let side, side.magnitude > Double(maximum) else { continue }
            throw .limit(.side, maximum: maximum)
        }
    }

    /// In whole pixels; `nil` where it does not say, or not exactly.
    var whole: (width: Int, height: Int)? {
        guard !isGuessed, let width, let height, let across = Int(exactly: width.rounded()),
            let down = Int(exactly: height.rounded()), across > 0, down > 0
        else { return nil }
        return (across, down)
    }

    /// Units of CSS (Values and Units §6); those of a font by their usual size, and generously.
    private static let units: [(name: String, pixels: Double)] = [
        ("px", 1), ("pt", 4.0 / 3), ("pc", 16), ("mm", 96 / 25.4), ("cm", 96 / 2.54), ("in", 96), ("em", 100),
        ("ex", 100), ("ch", 100), ("rem", 100), ("q", 96 / 101.6), ("", 1),
    ]

    private static let unitsOfFonts: Set = ["em", "ex", "ch", "rem"]

    private mutating func pixels(_ text: String) -> Double? {
        let text = text.lowercased().filter { !$0.isWhitespace }
        for (name, pixels) in Self.units where text.hasSuffix(name) {
            guard let number = Double(text.dropLast(name.count)) else { continue }
            isGuessed = isGuessed || Self.unitsOfFonts.contains(name)
            return number * pixels
        }
        return nil
    }
}
