extension Digest {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The URL-safe base64 of RFC 4648 §5, without padding: 43 letters, digits, `-` and `_`.
    package var base64URL: String {
        let length = (Self.byteCount * 8 + 5) / 6
        return String(unsafeUninitializedCapacity: length) { text in
            var bits: UInt32 = 0
            var count = 0
            var end = 0
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                count += 8
                while count >= 6 {
                    count -= 6
                    text[end] = Self.alphabet[Int(bits >> UInt32(count)) & 63]
                    end += 1
                }
            }
            text[end] = Self.alphabet[Int(bits << UInt32(6 - count)) & 63]
            return end + 1
        }
    }
}
