/// The little of XML that S3's answers need: elements and text. No document type, so no entities but the five that XML
/// has itself, no CDATA; attributes are passed over, comments are taken at the ends of the document only.
package struct XMLDocument: Sendable {
    /// An element without children.
    package struct Leaf: Equatable, Sendable {
        /// The names from the root down, with slashes between.
        package let path: String
        package let text: String

        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// In the order of the document.
    package let leaves: [Leaf]

    package static let mostLeaves = 20_000
    package static let mostLevels = 8
    package static let longestText = 8192

    /// `nil` for what is not such a document or goes beyond the limits.
    package init?(_ bytes: [UInt8]) {
        var scanner = Scanner(bytes: bytes)
        guard let leaves = scanner.leaves() else { return nil }
        self.leaves = leaves
    }

    /// The text of the first leaf with that path.
    package subscript(_ path: String) -> String? {
        leaves.first { $0.path == path }?.text
    }
}

private struct Scanner {
    let bytes: [UInt8]
    private var position = 0
    private var open: [String] = []
    /// Where the text of the innermost element begins, as long as nothing else is in it.
    private var textStart: Int?
    private var found: [XMLDocument.Leaf] = []
    private var isRootDone = false

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func leaves() -> [XMLDocument.Leaf]? {
        skip("\u{FEFF}")
        while true {
            let start = position
            guard let tag = bytes[position...].firstIndex(of: UInt8(ascii: "<")) else {
                return isRootDone && isBlank(start..<bytes.count) ? found : nil
            }
            position = tag
            // Text stands in elements that have nothing else.
            let isLeafEnd = textStart != nil && bytes[tag...].starts(with: "</".utf8)
            guard isLeafEnd || isBlank(start..<tag) else { return nil }
            guard open.isEmpty && skipRemark() || (skip("</") ? close(at: tag) : begin()) else { return nil }
        }
    }

    /// Takes the XML declaration or a comment.
    private mutating func skipRemark() -> Bool {
        if skip("<?") { return skipPast("?>") }
        return skip("<!--") && skipPast("-->")
    }

    /// Takes `<name …>` or `<name …/>`.
    private mutating func begin() -> Bool {
        guard skip("<"), !isRootDone, let name = name(), open.count < XMLDocument.mostLevels,
            let isEmpty = skipAttributes()
        else { return false }
        open.append(name)
        textStart = position
        return isEmpty ? end(name, text: position..<position) : true
    }

    /// Takes the rest of `</name >`; the tag began at `start`.
    private mutating func close(at start: Int) -> Bool {
        guard let name = name() else { return false }
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
        guard skip(">") else { return false }
        return end(name, text: (textStart ?? start)..<start)
    }

    private mutating func end(_ name: String, text: Range<Int>) -> Bool {
        guard open.last == name else { return false }
        if textStart != nil {
            guard found.count < XMLDocument.mostLeaves, text.count <= XMLDocument.longestText,
                let decoded = decoded(bytes[text])
            else { return false }
            found.append(XMLDocument.Leaf(path: open.joined(separator: "/"), text: decoded))
        }
        open.removeLast()
        textStart = nil
        isRootDone = open.isEmpty
        return true
    }

    private mutating func name() -> String? {
        let name = bytes[position...].prefix { $0.isLetterOrDigit || "._:-".utf8.contains($0) }
        position = name.endIndex
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    /// Goes behind the tag's end; returns whether the element is empty, `nil` if there is no end.
    private mutating func skipAttributes() -> Bool? {
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let opened = quote {
                if byte == opened { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return bytes[position - 2] == UInt8(ascii: "/")
            } else if byte == UInt8(ascii: "<") {
                return nil
            }
        }
        return nil
    }

    /// Replaces references; `nil` for one that XML itself does not know, and for what is not UTF-8.
    private func decoded(_ text: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&") else {
                result.append(byte)
                continue
            }
            guard let end = rest.prefix(10).firstIndex(of: UInt8(ascii: ";")),
                let scalar = scalar(String(decoding: rest[..<end], as: UTF8.self))
            else { return nil }
            result += Array(String(scalar).utf8)
            rest = rest[(end + 1)...]
        }
        return String(validating: result, as: UTF8.self)
    }

    private func scalar(_ reference: String) -> Unicode.Scalar? {
        switch reference {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard reference.hasPrefix("#") else { return nil }
            let isHexadecimal = reference.hasPrefix("#x")
            let digits = reference.dropFirst(isHexadecimal ? 2 : 1)
            guard digits.utf8.allSatisfy(\.isLetterOrDigit) else { return nil }
            return UInt32(digits, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
        }
    }

    @discardableResult
    private mutating func skip(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func skipPast(_ text: String) -> Bool {
        while position < bytes.count {
            if skip(text) { return true }
            position += 1
        }
        return false
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        bytes[range].allSatisfy(isSpace)
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
