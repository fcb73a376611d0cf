/// Why there is no sanitised drawing.
package enum SVGError: Error, Equatable, Sendable {
    /// Well-formed perhaps, but its root element is no SVG.
    case notSVG
    /// A coding of characters that is not read here, by its name.
    case encoding(String)
    /// What is wrong with the text, and where: an offset in bytes from the beginning of the text in UTF-8.
    case malformed(Fault, at: Int)
    /// A limit is exceeded; `maximum` is allowed.
    case limit(SVGLimit, maximum: Int)

    /// Constraints of XML 1.0 (fifth edition) that the text does not keep.
    package enum Fault: String, Sendable {
        case character = "a character that XML does not allow"
        case coding = "bytes that are no characters"
        case name = "no name where there has to be one"
        case tag = "a tag that is not closed"
        case attribute = "an attribute without a value in quotation marks"
        case duplicate = "an attribute that is named twice"
        case end = "an end tag that fits no start tag"
        case unfinished = "an end before everything is closed"
        case reference = "a reference to no character and no entity"
        case entity = "an entity that is made of markup or other entities"
        case documentType = "a document type declaration that cannot be read"
        case content = "text or elements outside the root element"
    }
}

extension SVGError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSVG: "no SVG"
        case .encoding(let name): "characters coded as \(name)"
        case .malformed(let fault, let offset): "\(fault.rawValue), at byte \(offset)"
        case .limit(let limit, let maximum): "more than \(maximum) \(limit.rawValue)"
        }
    }
}
