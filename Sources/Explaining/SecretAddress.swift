import TextEncodings

/// Addresses that open something to whoever reads them, and texts without them: an absolute web URL with a user, a
/// password or a query, which may be signed.
package enum SecretAddress {
    /// What stands in the place of what is hidden.
    package static let placeholder = "(hidden)"

    /// Whether a text holds such an address, plain or percent-encoded, be it a letter of it or all. A doubt counts as one.
    package static func isIn(_ text: some StringProtocol) -> Bool {
        let text = Array(text.utf8)
        let decoded = percentDecoded(text)
        let spellings = [text, decoded, percentDecoded(decoded)].map { spelling in
            // Two of them are a slash of the URL language.
            String(decoding: spelling, as: UTF8.self).lowercased()
                .split(separator: "@@", omittingEmptySubsequences: false).joined(separator: "/")
        }
        func has(_ words: [String]) -> Bool { words.contains { word in spellings.contains { $0.contains(word) } } }
        return has(["http:", "https:"]) && has(["@", "%40", "?", "%3f"])
    }

    /// A text with its percent-escapes decoded once (RFC 3986 §2.1); what is no escape stays.
    package static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = 0
        while index < text.count {
            let (byte, length) = character(in: text, at: index)
            decoded.append(byte)
            index += length
        }
        return decoded
    }

    /// A message without the texts of the URL that it quotes: from its first quotation mark to its last.
    package static func withoutQuotes(_ message: String) -> String {
        guard let first = message.firstIndex(of: "'"), let last = message.lastIndex(of: "'"), first < last else {
            return message
        }
        return message[...first] + placeholder + message[last...]
    }

    /// A text of the URL language, or a part of a URL with one, without those values of `ie` that are such addresses.
    ///
    /// - Parameter text: decoded, or percent-encoded as received.
    package static func withoutInputs(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var shown: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard let start = valueStart(in: bytes, at: index) else {
                shown.append(bytes[index])
                index += 1
                continue
            }
            let end = valueEnd(in: bytes, from: start)
            shown += bytes[index..<start]
            let value = Array(bytes[start..<end])
            shown += isAddress(value) ? Array(placeholder.utf8) : value
            index = end
        }
        return String(decoding: shown, as: UTF8.self)
    }

    // MARK: The items of a text

    /// Where the value of an item `ie` begins that itself begins here; `nil` if none does.
    private static func valueStart(in bytes: [UInt8], at index: Int) -> Int? {
        guard index == 0 || isSeparator(before: index, in: bytes) else { return nil }
        var position = index
        for letter in "ie-".utf8 {
            let (byte, length) = character(in: bytes, at: position)
            guard byte == letter else { return nil }
            position += length
        }
        return position
    }

    private static func isSeparator(before index: Int, in bytes: [UInt8]) -> Bool {
        let separators = Array(",:/=".utf8)
        if separators.contains(bytes[index - 1]) { return true }
        let (byte, length) = index >= 3 ? character(in: bytes, at: index - 3) : (0, 0)
        return length == 3 && separators.contains(byte)
    }

    private static func valueEnd(in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let (byte, length) = character(in: bytes, at: index)
            // That which separates items of the query is never encoded.
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") || bytes[index] == UInt8(ascii: "&") { break }
            index += length
        }
        return min(index, bytes.count)
    }

    /// One byte of the text, decoded if it is percent-encoded (RFC 3986 §2.1), and how many bytes it takes there; 0 and 1
    /// at the end.
    private static func character(in bytes: [UInt8], at index: Int) -> (byte: UInt8, length: Int) {
        guard index < bytes.count else { return (0, 1) }
        guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
        else { return (bytes[index], 1) }
        return (byte, 3)
    }

    /// Whether a value, as a reader would decode it who leaves out what is no Base64, is such an address.
    private static func isAddress(_ value: [UInt8]) -> Bool {
        var letters = percentDecoded(value)
        if isIn(String(decoding: letters, as: UTF8.self)) { return true }
        letters.removeAll { decoded([$0, $0]) == nil }
        if letters.count % 4 == 1 { letters.removeLast() }
        return isIn(String(decoding: decoded(letters) ?? [], as: UTF8.self))
    }

    private static func decoded(_ letters: [UInt8]) -> [UInt8]? {
        Base64.decoded(Substring(String(decoding: letters, as: UTF8.self)), urlSafeToo: true)
    }
}
