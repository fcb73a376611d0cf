/// Reads JSON from UTF-8 that was found valid before.
///
/// Written here because the system's decoder traps on some texts that are too deep, and lets doubled names pass.
struct JSONReader {
    struct Failure: Error {}

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The one value that the text is.
    mutating func whole() throws(Failure) -> JSON {
        let value = try self.value(depth: 0)
        skipSpace()
        guard position == text.count else { throw Failure() }
        return value
    }

    private mutating func value(depth: Int) throws(Failure) -> JSON {
        guard depth < JSON.deepest else { throw Failure() }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    // MARK: What holds others

    private mutating func object(depth: Int) throws(Failure) -> [String: JSON] {
        try expect("{")
        var fields: [String: JSON] = [:]
        skipSpace()
        if take("}") { return fields }
        repeat {
            skipSpace()
            let name = try string()
            skipSpace()
            try expect(":")
            let value = try self.value(depth: depth + 1)
            guard fields.updateValue(value, forKey: name) == nil else { throw Failure() }
            skipSpace()
        } while take(",")
        try expect("}")
        return fields
    }

    private mutating func array(depth: Int) throws(Failure) -> [JSON] {
        try expect("[")
        var values: [JSON] = []
        skipSpace()
        if take("]") { return values }
        repeat {
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        try expect("]")
        return values
    }

    // MARK: What holds none

    private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
        guard text[position...].starts(with: word.utf8) else { throw Failure() }
        position += word.utf8.count
        return value
    }

    /// RFC 8259 §6.
    private mutating func number() throws(Failure) -> String {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("-") { _ = take("+") }
            try digits()
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(Failure) {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw Failure() }
    }

    /// RFC 8259 §7.
    private mutating func string() throws(Failure) -> String {
        try expect("\"")
        var bytes: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): bytes += try escaped()
            case 0..<0x20: throw Failure()
            default: bytes.append(byte)
            }
        }
        throw Failure()
    }

    /// What stands behind a backslash, as UTF-8.
    private mutating func escaped() throws(Failure) -> [UInt8] {
        guard let byte = peek else { throw Failure() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default: throw Failure()
        }
    }

    /// Four digits, or twice four for what needs two surrogates; half a pair is nothing.
    private mutating func scalar() throws(Failure) -> Unicode.Scalar {
        var value = try fourDigits()
        if (0xD800..<0xDC00).contains(value) {
            try expect("\\")
            try expect("u")
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw Failure() }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw Failure() }
        return scalar
    }

    private mutating func fourDigits() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Failure() }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Bytes

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard take(character) else { throw Failure() }
    }

    private mutating func skipSpace() {
        while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }
}
