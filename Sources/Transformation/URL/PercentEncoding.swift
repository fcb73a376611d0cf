/// The value of a hexadecimal digit of either case.
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    default: nil
    }
}

/// The upper-case digit of a value below 16.
func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "A") &+ (value &- 10)
}

extension [UInt8] {
    /// Appends `byte` as `%XX`.
    mutating func appendEscaped(_ byte: UInt8) {
        append(UInt8(ascii: "%"))
        append(hexadecimalDigit(byte >> 4))
        append(hexadecimalDigit(byte & 15))
    }

    /// Whether any byte is a control character of ASCII (NUL, CR, LF, TAB, DEL, …).
    var containsControl: Bool { contains { $0 < 0x20 || $0 == 0x7F } }
}

/// Percent-decoding (RFC 3986 §2.1). A `+` stays a `+`.
package enum PercentDecoding {
    /// What a percent sign without two hexadecimal digits means.
    enum BrokenEscape {
        case isError, isLiteral
    }

    /// The decoded bytes; nil for a broken escape where that is an error.
    static func decode(_ text: ArraySlice<UInt8>, brokenEscape: BrokenEscape) -> [UInt8]? {
        guard text.contains(UInt8(ascii: "%")) else { return Array(text) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            if index + 1 < text.endIndex, let high = hexadecimalValue(text[index]),
                let low = hexadecimalValue(text[index + 1])
            {
                decoded.append(high << 4 | low)
                index += 2
            } else if brokenEscape == .isLiteral {
                decoded.append(byte)
            } else {
                return nil
            }
        }
        return decoded
    }

    /// Decoded text of a query value or a transformation: lenient about `%`, strict about UTF-8 and control characters.
    package static func text(_ raw: ArraySlice<UInt8>) throws(TransformationError) -> String {
        guard let bytes = decode(raw, brokenEscape: .isLiteral), !bytes.containsControl else {
            throw .malformedURL(.controlCharacter)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedURL(.invalidText) }
        return text
    }
}
