/// A value of CSS, judged: made of words, numbers, colours and functions that refer to nothing, and of references to the
/// drawing's own parts and pictures inside it.
struct StyleValue {
    private(set) var text: [UInt8] = []
    /// What it refers to inside the drawing.
    private(set) var targets: [String] = []

    /// `nil` for a value that is not kept.
    /// - Parameters:
    ///   - property: whose value it is.
    ///   - several: whether it may be a list with semicolons between its values.
    init?(
        _ tokens: ArraySlice<CSSToken>, of property: String, several: Bool = false,
        pictures: inout EmbeddedPictures
    ) throws(SVGError) {
        let bound = Vocabulary.bound(of: property) ?? .infinity
        var open: [UInt8] = []
        var isReplaced = false
        for token in Self.trimmed(tokens) {
            switch token {
            case .space where text.isEmpty, .comment where text.isEmpty: continue
            case .identifier, .hash, .string, .space, .comment: break
            case .number(let number), .percentage(let number), .dimension(let number, _):
                guard Double(number).map({ abs($0) <= bound }) ?? true else { return nil }
            case .function(let name):
                guard Vocabulary.functions.contains(name.lowercased()) else { return nil }
                open.append(UInt8(ascii: ")"))
            case .url(let address):
                guard let reference = try Reference(address, pictures: &pictures) else {
                    // A paint may name what is taken instead (SVG 2 §13.2).
                    guard text.isEmpty, ["fill", "stroke"].contains(property) else { return nil }
                    isReplaced = true
                    continue
                }
                if case .part(let id) = reference { targets.append(id) }
                CSSToken.url(reference.text).write(to: &text)
                continue
            case .mark(let mark):
                switch mark {
                case UInt8(ascii: "("): open.append(UInt8(ascii: ")"))
                case UInt8(ascii: ")"): guard open.popLast() == mark else { return nil }
                case UInt8(ascii: ";") where several && open.isEmpty: break
                case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"),
                    UInt8(ascii: "!"):
                    break
                default: return nil
                }
            case .atKeyword, .bad, .markup: return nil
            }
            guard open.count <= Self.deepest else { return nil }
            token.write(to: &text)
        }
        if isReplaced, text.isEmpty { text.append("none") }
        guard open.isEmpty, !text.isEmpty else { return nil }
    }

    /// Functions inside one another.
    private static let deepest = 20

    private static func trimmed(_ tokens: ArraySlice<CSSToken>) -> ArraySlice<CSSToken> {
        var tokens = tokens.drop { $0.isBlank }
        while tokens.last?.isBlank == true { tokens.removeLast() }
        return tokens
    }

    /// The value of an attribute; what cannot be anything but words and numbers is taken as it stands.
    init?(
        attribute value: [UInt8], of name: String, several: Bool = false, pictures: inout EmbeddedPictures
    ) throws(SVGError) {
        if Vocabulary.bound(of: name) == nil,
            value.allSatisfy({ Self.isHarmless($0) || several && $0 == UInt8(ascii: ";") })
        {
            self.init(harmless: value)
            return
        }
        try self.init(CSSTokenizer.tokens(of: value)[...], of: name, several: several, pictures: &pictures)
    }

    private init(harmless text: [UInt8]) { self.text = text }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte >= 0x80 || byte == 0x20 || " #.,-+%'".utf8.contains(byte)
    }
}

/// `name: value; …`, as `style` has it, of which only what is known is kept.
struct Declarations {
    private(set) var text: [UInt8] = []
    private(set) var targets: [String] = []

    init(_ tokens: ArraySlice<CSSToken>, pictures: inout EmbeddedPictures) throws(SVGError) {
        for declaration in Self.declarations(in: tokens) {
            let named = declaration.drop { $0.isBlank }
            guard case .identifier(let name) = named.first else { continue }
            let rest = named.dropFirst().drop { $0.isBlank }
            let property = name.hasPrefix("--") ? name : name.lowercased()
            guard rest.first == .mark(UInt8(ascii: ":")), Vocabulary.isProperty(property),
                let value = try StyleValue(rest.dropFirst(), of: property, pictures: &pictures)
            else { continue }
            if !text.isEmpty { text.append(UInt8(ascii: ";")) }
            CSSToken.identifier(property).write(to: &text)
            text.append(UInt8(ascii: ":"))
            text.append(contentsOf: value.text)
            targets.append(contentsOf: value.targets)
        }
    }

    /// What stands between semicolons that lie inside no brackets (CSS Syntax §5.4.4).
    private static func declarations(in tokens: ArraySlice<CSSToken>) -> [ArraySlice<CSSToken>] {
        var declarations: [ArraySlice<CSSToken>] = []
        var rest = tokens
        while let end = rest.firstIndexOutsideBrackets(of: ";") {
            declarations.append(rest[..<end])
            rest = rest[(end + 1)...]
        }
        return declarations + [rest]
    }
}
