/// A place in a text, and what can be read there.
struct XMLScanner {
    let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// `nil` at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func fault(_ fault: SVGError.Fault) -> SVGError { .malformed(fault, at: position) }

    mutating func advance(by count: Int = 1) { position = min(bytes.count, position + count) }

    func has(_ text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            bytes.withUnsafeBufferPointer { $0[position..<position + text.count].elementsEqual(text) }
        }
    }

    mutating func skip(_ text: StaticString) -> Bool {
        guard has(text) else { return false }
        advance(by: text.utf8CodeUnitCount)
        return true
    }

    /// `S` of XML 1.0 §2.3; whether there was any.
    @discardableResult
    mutating func skipSpaces() -> Bool {
        let start = position
        while let byte = next, byte.isXMLSpace { advance() }
        return position > start
    }

    /// Goes behind the next place where a text stands; what lies before it.
    mutating func skip(past text: StaticString) throws(SVGError) -> Range<Int> {
        let start = position
        let first = text.withUTF8Buffer { $0[0] }
        while position < bytes.count {
            if bytes[position] == first, has(text) {
                let end = position
                advance(by: text.utf8CodeUnitCount)
                return start..<end
            }
            position += 1
        }
        throw fault(.unfinished)
    }

    /// A name (XML 1.0 §2.3). Of the characters beyond ASCII all are taken: no name that has one is ever written.
    mutating func name() throws(SVGError) -> Range<Int> {
        let start = position
        guard let first = next, first.isXMLNameStart else { throw fault(.name) }
        while let byte = next, byte.isXMLNameStart || byte.isXMLNamePart { advance() }
        return start..<position
    }

    /// A text in quotation marks of either kind, without them.
    mutating func quoted(orThrow fault: SVGError.Fault) throws(SVGError) -> Range<Int> {
        guard let mark = next, mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") else { throw self.fault(fault) }
        advance()
        let start = position
        while let byte = next, byte != mark { advance() }
        guard !isAtEnd else { throw self.fault(.unfinished) }
        advance()
        return start..<position - 1
    }

    func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0[range], as: UTF8.self) }
    }

    /// What stands behind `&`: a character by its number or one of the five names, or the name of an entity
    /// (XML 1.0 §4.1, §4.6).
    mutating func reference() throws(SVGError) -> XMLReference {
        let start = position
        if skip("#") {
            let radix: UInt32 = skip("x") ? 16 : 10
            var value: UInt32 = 0
            let digits = position
            while let byte = next, let digit = byte.digit(radix) {
                // Above all characters, and far from an overflow.
                value = min(0x110000, value * radix + digit)
                advance()
            }
            guard position > digits, skip(";"), let scalar = Unicode.Scalar(value), scalar.isAllowedInXML else {
                throw .malformed(.reference, at: start)
            }
            return .character(scalar)
        }
        let name = try name()
        guard skip(";") else { throw .malformed(.reference, at: start) }
        switch text(name) {
        case "lt": return .character("<")
        case "gt": return .character(">")
        case "amp": return .character("&")
        case "quot": return .character("\"")
        case "apos": return .character("'")
        case let other: return .entity(other)
        }
    }
}

enum XMLReference {
    case character(Unicode.Scalar)
    case entity(String)
}

extension UInt8 {
    var isXMLSpace: Bool { self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D }

    var isASCIILetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }

    var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    fileprivate var isXMLNameStart: Bool {
        isASCIILetter || self >= 0x80 || self == UInt8(ascii: "_") || self == UInt8(ascii: ":")
    }

    fileprivate var isXMLNamePart: Bool { isASCIIDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") }

    /// The value of a digit in that radix, of 10 or 16.
    func digit(_ radix: UInt32) -> UInt32? {
        if isASCIIDigit { return UInt32(self - UInt8(ascii: "0")) }
        guard radix == 16, isASCIILetter else { return nil }
        let value = UInt32((self | 0x20) - UInt8(ascii: "a")) + 10
        return value < 16 ? value : nil
    }
}
