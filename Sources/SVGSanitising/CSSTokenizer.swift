/// Takes a style sheet, or a piece of one, apart (CSS Syntax Module Level 3 §4.3). Its text is valid UTF-8 without NUL.
struct CSSTokenizer {
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func tokens(of text: [UInt8]) -> [CSSToken] {
        var tokenizer = CSSTokenizer(text)
        var tokens: [CSSToken] = []
        while let token = tokenizer.next() { tokens.append(token) }
        return tokens
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private func has(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            bytes.count - position >= text.count && bytes[position..<position + text.count].elementsEqual(text)
        }
    }

    private mutating func next() -> CSSToken? {
        guard let first = byte() else { return nil }
        if first.isXMLSpace {
            while let byte = byte(), byte.isXMLSpace { position += 1 }
            return .space
        }
        if has("/*") { return comment() }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return string()
        case UInt8(ascii: "#"):
            guard isName(at: 1) || isEscape(at: 1) else { return mark() }
            position += 1
            return name().map { .hash($0) } ?? .bad
        case UInt8(ascii: "@"):
            guard startsIdentifier(at: 1) else { return mark() }
            position += 1
            return name().map { .atKeyword($0) } ?? .bad
        case UInt8(ascii: "\\"):
            guard !isEscape(at: 0) else { return word() }
            position += 1
            return .bad
        case UInt8(ascii: "<") where has("<!--"):
            position += 4
            return .markup
        case UInt8(ascii: "-") where has("-->"):
            position += 3
            return .markup
        default:
            if startsNumber() { return number() }
            return startsIdentifier(at: 0) ? word() : mark()
        }
    }

    private mutating func mark() -> CSSToken {
        defer { position += 1 }
        return .mark(bytes[position])
    }

    private mutating func comment() -> CSSToken {
        position += 2
        while position < bytes.count, !has("*/") { position += 1 }
        position = min(bytes.count, position + 2)
        return .comment
    }

    // MARK: Names

    private func isName(at offset: Int) -> Bool {
        guard let byte = byte(offset) else { return false }
        return isNameStart(at: offset) || byte.isASCIIDigit || byte == UInt8(ascii: "-")
    }

    private func isNameStart(at offset: Int) -> Bool {
        guard let byte = byte(offset) else { return false }
        return byte.isASCIILetter || byte >= 0x80 || byte == UInt8(ascii: "_")
    }

    private func isEscape(at offset: Int) -> Bool {
        byte(offset) == UInt8(ascii: "\\") && byte(offset + 1).map { !$0.isNewline } == true
    }

    private func startsIdentifier(at offset: Int) -> Bool {
        guard byte(offset) == UInt8(ascii: "-") else { return isNameStart(at: offset) || isEscape(at: offset) }
        return isNameStart(at: offset + 1) || byte(offset + 1) == UInt8(ascii: "-") || isEscape(at: offset + 1)
    }

    /// `nil` where an escape stands for no character.
    private mutating func name() -> String? {
        var name: [UInt8] = []
        while true {
            if isName(at: 0) {
                name.append(bytes[position])
                position += 1
            } else if isEscape(at: 0) {
                guard let scalar = escaped() else { return nil }
                name.append(scalar)
            } else {
                return String(decoding: name, as: UTF8.self)
            }
        }
    }

    /// What stands behind a backslash (§4.3.7). `nil` for what XML has no character for: nobody writes that in earnest.
    private mutating func escaped() -> Unicode.Scalar? {
        position += 1
        var value: UInt32 = 0
        var digits = 0
        while digits < 6, let digit = byte()?.digit(16) {
            value = value << 4 | digit
            digits += 1
            position += 1
        }
        if digits == 0 { return character() }
        if byte()?.isXMLSpace == true { position += 1 }
        guard let scalar = Unicode.Scalar(value), scalar.isAllowedInXML else { return nil }
        return scalar
    }

    /// The character here, which is a valid one.
    private mutating func character() -> Unicode.Scalar? {
        guard let first = byte() else { return nil }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let end = min(bytes.count, position + length)
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self).unicodeScalars.first
    }

    private mutating func word() -> CSSToken {
        guard let name = name() else { return .bad }
        guard byte() == UInt8(ascii: "(") else { return .identifier(name) }
        position += 1
        guard name.lowercased() == "url" else { return .function(name) }
        // One in quotation marks is a function of one string, and is read as the address that it is all the same.
        let start = position
        while byte()?.isXMLSpace == true { position += 1 }
        guard byte() == UInt8(ascii: "\"") || byte() == UInt8(ascii: "'") else { return address() }
        guard case .string(let value) = string() else { return badAddress() }
        while byte()?.isXMLSpace == true { position += 1 }
        guard byte() == UInt8(ascii: ")") else {
            position = start
            return badAddress()
        }
        position += 1
        return .url(value)
    }

    // MARK: Strings and addresses

    private mutating func string() -> CSSToken {
        let mark = bytes[position]
        position += 1
        var value: [UInt8] = []
        while let byte = byte() {
            switch byte {
            case mark:
                position += 1
                return .string(String(decoding: value, as: UTF8.self))
            case _ where byte.isNewline: return .bad
            case UInt8(ascii: "\\"):
                if self.byte(1)?.isNewline == true {
                    position += 2
                } else if self.byte(1) == nil {
                    position += 1
                } else {
                    guard let scalar = escaped() else { return .bad }
                    value.append(scalar)
                }
            default:
                value.append(byte)
                position += 1
            }
        }
        // A string without an end is none here, though CSS would forgive it.
        return .bad
    }

    private mutating func address() -> CSSToken {
        var value: [UInt8] = []
        while let byte = byte() {
            switch byte {
            case UInt8(ascii: ")"):
                position += 1
                return .url(String(decoding: value, as: UTF8.self))
            case _ where byte.isXMLSpace:
                while self.byte()?.isXMLSpace == true { position += 1 }
                guard self.byte() == UInt8(ascii: ")") else { return badAddress() }
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "("), 0x7F, 0..<0x20: return badAddress()
            case UInt8(ascii: "\\"):
                guard isEscape(at: 0), let scalar = escaped() else { return badAddress() }
                value.append(scalar)
            default:
                value.append(byte)
                position += 1
            }
        }
        return .bad
    }

    /// Goes behind what is left of it (§4.3.14).
    private mutating func badAddress() -> CSSToken {
        while let byte = byte() {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: ")") { break }
        }
        position = min(position, bytes.count)
        return .bad
    }

    // MARK: Numbers

    private func startsNumber() -> Bool {
        let isSigned = byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-")
        let start = isSigned ? 1 : 0
        if byte(start)?.isASCIIDigit == true { return true }
        return byte(start) == UInt8(ascii: ".") && byte(start + 1)?.isASCIIDigit == true
    }

    private mutating func number() -> CSSToken {
        let start = position
        if !bytes[position].isASCIIDigit, bytes[position] != UInt8(ascii: ".") { position += 1 }
        skipDigits()
        if byte() == UInt8(ascii: "."), byte(1)?.isASCIIDigit == true {
            position += 1
            skipDigits()
        }
        if byte().map({ $0 | 0x20 }) == UInt8(ascii: "e") {
            let isSigned = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
            if byte(isSigned ? 2 : 1)?.isASCIIDigit == true {
                position += isSigned ? 2 : 1
                skipDigits()
            }
        }
        let number = String(decoding: bytes[start..<position], as: UTF8.self)
        if byte() == UInt8(ascii: "%") {
            position += 1
            return .percentage(number)
        }
        guard startsIdentifier(at: 0) else { return .number(number) }
        return name().map { .dimension(number, unit: $0) } ?? .bad
    }

    private mutating func skipDigits() {
        while byte()?.isASCIIDigit == true { position += 1 }
    }
}

extension UInt8 {
    fileprivate var isNewline: Bool { self == 0x0A || self == 0x0D || self == 0x0C }
}
