/// The attributes of an element that are kept, each judged by what it is.
struct AttributeList {
    struct Attribute {
        let name: String
        let value: [UInt8]
        /// Ids of what it refers to.
        var targets: [String] = []
    }

    private let element: String
    private let kind: Vocabulary.Element
    private(set) var attributes: [Attribute] = []
    private(set) var id: String?

    init(of element: String, _ kind: Vocabulary.Element) {
        self.element = element
        self.kind = kind
    }

    /// Whether the element is kept with them.
    mutating func add(
        _ all: [XMLElement.Attribute], pictures: inout EmbeddedPictures
    ) throws(SVGError) -> Bool {
        var isAnimated = false
        for attribute in all {
            switch attribute.namespace {
            case .none:
                guard let rule = Vocabulary.attribute(attribute.name) else { continue }
                guard try add(attribute, by: rule, pictures: &pictures) else { return false }
                if case .animated = rule { isAnimated = true }
            case .xlink where attribute.name == "href":
                try addLink("xlink:href", attribute.value, pictures: &pictures)
            case .xml where attribute.name == "space" || attribute.name == "lang":
                attributes.append(Attribute(name: "xml:\(attribute.name)", value: attribute.value))
            case .svg, .xlink, .xml, .other: continue
            }
        }
        // An animation of nothing, or of what may not be animated.
        return kind != .animation || isAnimated
    }

    private mutating func add(
        _ attribute: XMLElement.Attribute, by rule: Vocabulary.Attribute, pictures: inout EmbeddedPictures
    ) throws(SVGError) -> Bool {
        let value = attribute.value
        switch rule {
        case .plain:
            if attribute.name == "id" { id = String(decoding: value, as: UTF8.self) }
            if attribute.name == "type", kind == .styleSheet, !Self.isCSS(value) { return false }
            attributes.append(Attribute(name: attribute.name, value: value))
        case .value:
            guard let kept = try StyleValue(attribute: value, of: attribute.name, pictures: &pictures) else {
                return true
            }
            attributes.append(Attribute(name: attribute.name, value: kept.text, targets: kept.targets))
        case .declarations:
            let kept = try Declarations(CSSTokenizer.tokens(of: value)[...], pictures: &pictures)
            guard !kept.text.isEmpty else { return true }
            attributes.append(Attribute(name: attribute.name, value: kept.text, targets: kept.targets))
        case .link: try addLink(attribute.name, value, pictures: &pictures)
        case .animated:
            guard kind == .animation else { return true }
            guard Vocabulary.isAnimatable(String(decoding: value, as: UTF8.self)) else { return false }
            attributes.append(Attribute(name: attribute.name, value: value))
        case .animatedValue:
            // Those of `feColorMatrix` are numbers, and pass as such.
            guard let kept = try StyleValue(attribute: value, of: attribute.name, several: true, pictures: &pictures)
            else {
                return kind != .animation
            }
            attributes.append(Attribute(name: attribute.name, value: kept.text))
        case .bounded(let maximum):
            guard Self.numbers(in: value).allSatisfy({ $0 <= maximum }) else { return true }
            attributes.append(Attribute(name: attribute.name, value: value))
        case .numbers(let maximum):
            // Each ends with something else than a digit; most do with more.
            let isShort = value.count { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } < maximum
            let numbers = isShort ? [] : Self.numbers(in: value)
            guard numbers.count <= maximum, numbers.allSatisfy(\.isFinite) else { return true }
            attributes.append(Attribute(name: attribute.name, value: value))
        }
        return true
    }

    private static func isCSS(_ type: [UInt8]) -> Bool {
        let type = String(decoding: type, as: UTF8.self).lowercased().filter { $0 != " " }
        return type.isEmpty || type == "text/css" || type.hasPrefix("text/css;")
    }

    private static func numbers(in value: [UInt8]) -> [Double] {
        value.split { $0.isXMLSpace || $0 == UInt8(ascii: ",") }.map {
            Double(String(decoding: $0, as: UTF8.self)) ?? .infinity
        }
    }

    // MARK: Links

    /// A link to somewhere is no part of a picture; pictures are those of elements that show one.
    private mutating func addLink(
        _ name: String, _ value: [UInt8], pictures: inout EmbeddedPictures
    ) throws(SVGError) {
        guard element != "a",
            let reference = try Reference(String(decoding: value, as: UTF8.self), pictures: &pictures)
        else { return }
        var targets: [String] = []
        switch reference {
        case .part(let id): targets = kind == .animation || element == "mpath" ? [] : [id]
        case .picture: guard kind == .image else { return }
        }
        attributes.append(Attribute(name: name, value: [UInt8](reference.text.utf8), targets: targets))
    }

    // MARK: How much is drawn

    /// How often that attribute's targets are drawn for the element: a marker at every point of its line.
    func times(of attribute: Attribute) -> Int {
        guard attribute.name.hasPrefix("marker") || attribute.name == "style" else { return 1 }
        let line = attributes.first { $0.name == "d" || $0.name == "points" }
        guard let line, attribute.name != "style" || attribute.value.contains("marker") else { return 1 }
        return 1 + line.value.count / 2
    }
}

extension [UInt8] {
    /// With its name, its quotation marks, and everything escaped that a parser could read as something else, or change.
    mutating func append(_ attribute: AttributeList.Attribute) {
        append(UInt8(ascii: " "))
        append(attribute.name)
        append("=\"")
        append(escaping: attribute.value[...], linesToo: true)
        append(UInt8(ascii: "\""))
    }

    /// As text of XML, or as the value of an attribute, where the end of a line would become a blank.
    mutating func append(escaping text: ArraySlice<UInt8>, linesToo: Bool = false) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "\""): append("&quot;")
            case 0x09, 0x0D: append("&#\(byte);")
            case 0x0A where linesToo: append("&#10;")
            default: append(byte)
            }
        }
    }

    fileprivate func contains(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            indices.contains { self[$0...].starts(with: text) }
        }
    }
}
