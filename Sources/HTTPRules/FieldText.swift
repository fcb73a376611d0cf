extension Substring.UTF8View {
    /// Drops spaces and tabs at both ends.
    mutating func trimSpaces() {
        while let byte = first, byte == 0x20 || byte == 0x09 { removeFirst() }
        while let byte = last, byte == 0x20 || byte == 0x09 { removeLast() }
    }
}

extension UInt8 {
    /// A character of a token (RFC 9110 §5.6.2).
    var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}

/// Reads the pieces that header fields are made of, from front to back.
struct FieldScanner {
    var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skipSpaces() {
        while let byte = rest.first, byte == 0x20 || byte == 0x09 { rest.removeFirst() }
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// A token in lower case; `nil` when none stands here.
    mutating func token() -> String? {
        let end = rest.firstIndex { !$0.isTokenCharacter } ?? rest.endIndex
        guard end > rest.startIndex else { return nil }
        defer { rest = rest[end...] }
        return String(Substring(rest[..<end])).lowercased()
    }

    /// A token as written or a quoted string without its quotes; `nil` when neither stands here or a quote stays open.
    mutating func value() -> String? {
        guard skip(UInt8(ascii: "\"")) else {
            let end = rest.firstIndex { !$0.isTokenCharacter } ?? rest.endIndex
            guard end > rest.startIndex else { return nil }
            defer { rest = rest[end...] }
            return String(Substring(rest[..<end]))
        }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    /// Goes on behind the next comma that does not stand in quotes.
    mutating func skipItem() {
        while let byte = rest.popFirst(), byte != UInt8(ascii: ",") {
            if byte == UInt8(ascii: "\"") { skipQuoted() }
        }
    }

    private mutating func skipQuoted() {
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") { _ = rest.popFirst() }
        }
    }
}
