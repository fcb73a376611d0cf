extension UInt8 {
    /// Of ASCII.
    package var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// A text as Signature Version 4 wants it in paths and queries: everything but letters, digits and `-._~` as `%` and two
/// upper-case digits (`UriEncode`).
package func percentEncoded(_ text: String, keepsSlash: Bool = false) -> String {
    percentEncoded(text.utf8, keepsSlash: keepsSlash)
}

/// The same of any bytes.
package func percentEncoded(_ bytes: some Sequence<UInt8>, keepsSlash: Bool = false) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in bytes {
        if byte.isLetterOrDigit || "-._~".utf8.contains(byte) || (keepsSlash && byte == UInt8(ascii: "/")) {
            encoded.append(byte)
        } else {
            encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: encoded, as: UTF8.self)
}

/// The bytes that a percent-encoded text stands for; `nil` if a `%` in it begins no escape.
///
/// - Parameter plusIsSpace: as in forms, and in listings with `encoding-type=url`.
package func percentDecoded(_ text: String, plusIsSpace: Bool = false) -> [UInt8]? {
    var decoded: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
        case UInt8(ascii: "%"):
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy(\.isLetterOrDigit),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            decoded.append(value)
            rest = rest.dropFirst(2)
        default: decoded.append(byte)
        }
    }
    return decoded
}

/// The text that a listing with `encoding-type=url` has written; `nil` if it is none.
func formDecoded(_ text: String) -> String? {
    percentDecoded(text, plusIsSpace: true).flatMap { String(validating: $0, as: UTF8.self) }
}
