/// Turns a file into UTF-8 that holds nothing but characters of XML, with LF at the end of every line (XML 1.0 §2.2, §2.11).
struct TextDecoding {
    private(set) var text: [UInt8] = []
    /// Whether the last character was a carriage return, which counts as LF and swallows an LF after it.
    private var followsReturn = false

    static func decode(_ bytes: RawSpan) throws(SVGError) -> [UInt8] {
        var decoding = TextDecoding()
        decoding.text.reserveCapacity(bytes.byteCount)
        try bytes.withUnsafeBytes { bytes throws(SVGError) in try decoding.decode(bytes) }
        return decoding.text
    }

    private mutating func decode(_ bytes: UnsafeRawBufferPointer) throws(SVGError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try decodeUTF8(bytes[3...]) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try decodeUTF16(bytes[2...], isBigEndian: true) }
        if bytes.starts(with: [0xFF, 0xFE]) { return try decodeUTF16(bytes[2...], isBigEndian: false) }
        let name = Self.declaredEncoding(bytes)
        switch name?.lowercased() {
        case nil, "utf-8", "utf8": try decodeUTF8(bytes[...])
        case "us-ascii", "ascii":
            if let wrong = bytes.firstIndex(where: { $0 >= 0x80 }) { throw .malformed(.coding, at: wrong) }
            try decodeUTF8(bytes[...])
        // Browsers read the first as the second, which only adds characters (Encoding standard §4.2).
        case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "windows-1252", "cp1252":
            for byte in bytes { try append(Self.windows1252(byte)) }
        default: throw .encoding(String((name ?? "").filter { Self.isInNames($0) }.prefix(40)))
        }
    }

    private static func isInNames(_ letter: Character) -> Bool {
        letter.isASCII && (letter.isLetter || letter.isNumber || "-_.".contains(letter))
    }

    /// What the XML declaration says, if there is one (XML 1.0 §4.3.3).
    private static func declaredEncoding(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.starts(with: "<?xml".utf8) else { return nil }
        let beginning = bytes.prefix(1024)
        let end = beginning.firstIndex(of: UInt8(ascii: ">")) ?? beginning.endIndex
        let declaration = String(decoding: beginning[..<end], as: UTF8.self)
        guard let start = declaration.range(of: "encoding") else { return nil }
        let rest = declaration[start...].dropFirst("encoding".count).drop { $0.isWhitespace || $0 == "=" }
        guard let mark = rest.first, mark == "\"" || mark == "'" else { return "" }
        return String(rest.dropFirst().prefix { $0 != mark })
    }

    private mutating func decodeUTF8(_ bytes: Slice<UnsafeRawBufferPointer>) throws(SVGError) {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte < 0x80 {
                try append(Unicode.Scalar(byte))
                index += 1
                continue
            }
            // Unicode §3.9, table 3-7.
            let (length, lowest): (Int, UInt32) =
                switch byte {
                case 0xC2...0xDF: (2, 0x80)
                case 0xE0...0xEF: (3, 0x800)
                case 0xF0...0xF4: (4, 0x10000)
                default: throw .malformed(.coding, at: text.count)
                }
            guard bytes.endIndex - index >= length else { throw .malformed(.coding, at: text.count) }
            var value = UInt32(byte) & (0x7F >> UInt32(length))
            for offset in 1..<length {
                let next = bytes[index + offset]
                guard next & 0xC0 == 0x80 else { throw .malformed(.coding, at: text.count) }
                value = value << 6 | UInt32(next & 0x3F)
            }
            guard value >= lowest, let scalar = Unicode.Scalar(value) else { throw .malformed(.coding, at: text.count) }
            try append(scalar)
            index += length
        }
    }

    private mutating func decodeUTF16(
        _ bytes: Slice<UnsafeRawBufferPointer>, isBigEndian: Bool
    ) throws(SVGError) {
        guard bytes.count % 2 == 0 else { throw .malformed(.coding, at: 0) }
        var index = bytes.startIndex
        func unit(_ index: Int) -> UInt32 {
            let (first, second) = (UInt32(bytes[index]), UInt32(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        while index < bytes.endIndex {
            var value = unit(index)
            index += 2
            if value & 0xFC00 == 0xD800 {
                guard index < bytes.endIndex, unit(index) & 0xFC00 == 0xDC00 else {
                    throw .malformed(.coding, at: text.count)
                }
                value = 0x10000 + (value & 0x3FF) << 10 + (unit(index) & 0x3FF)
                index += 2
            }
            guard let scalar = Unicode.Scalar(value) else { throw .malformed(.coding, at: text.count) }
            try append(scalar)
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) throws(SVGError) {
        defer { followsReturn = scalar == "\r" }
        switch scalar.value {
        case 0x0A where followsReturn: break
        case 0x0D: text.append(0x0A)
        case 0x09, 0x0A, 0x20...0x7E: text.append(UInt8(truncatingIfNeeded: scalar.value))
        default:
            guard scalar.isAllowedInXML else { throw .malformed(.character, at: text.count) }
            text.append(scalar)
        }
    }

    /// Index of the Encoding standard for 0x80…0x9F; the rest are Unicode's own numbers.
    private static func windows1252(_ byte: UInt8) -> Unicode.Scalar {
        guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
        return upperHalf[Int(byte) - 0x80]
    }

    private static let upperHalf: [Unicode.Scalar] = [
        "\u{20AC}", "\u{81}", "\u{201A}", "\u{0192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{02C6}", "\u{2030}", "\u{0160}", "\u{2039}", "\u{0152}", "\u{8D}", "\u{017D}", "\u{8F}",
        "\u{90}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
        "\u{02DC}", "\u{2122}", "\u{0161}", "\u{203A}", "\u{0153}", "\u{9D}", "\u{017E}", "\u{0178}",
    ]
}

extension Unicode.Scalar {
    /// `Char` of XML 1.0 §2.2.
    var isAllowedInXML: Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}

extension [UInt8] {
    /// In UTF-8.
    mutating func append(_ scalar: Unicode.Scalar) { append(contentsOf: UTF8.encode(scalar) ?? .init()) }

    mutating func append(_ text: String) { append(contentsOf: text.utf8) }
}

extension String {
    /// Where a text begins first; the standard library has it for characters only.
    fileprivate func range(of text: String) -> String.Index? {
        indices.first { self[$0...].hasPrefix(text) }
    }
}
