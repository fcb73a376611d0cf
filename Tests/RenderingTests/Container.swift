/// What a file is made of, as far as tests ask.
enum Container {
    /// Names and bodies of the chunks of a PNG or a WebP; a JPEG's segments before its first scan, by their markers.
    static func parts(_ bytes: [UInt8]) -> [(name: String, body: ArraySlice<UInt8>)] {
        if bytes.starts(with: [0xFF, 0xD8]) { return segments(bytes) }
        return bytes.starts(with: Array("RIFF".utf8)) ? riff(bytes) : chunks(bytes)
    }

    static func body(_ name: String, of bytes: [UInt8]) -> ArraySlice<UInt8>? {
        parts(bytes).first { $0.name == name }?.body
    }

    private static func segments(_ bytes: [UInt8]) -> [(name: String, body: ArraySlice<UInt8>)] {
        var (found, position) = ([(name: String, body: ArraySlice<UInt8>)](), 2)
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
            found.append((String(bytes[position + 1], radix: 16, uppercase: true), bytes[position + 4..<end]))
            if bytes[position + 1] == 0xDA { break }
            position = end
        }
        return found
    }

    private static func riff(_ bytes: [UInt8]) -> [(name: String, body: ArraySlice<UInt8>)] {
        var (found, position) = ([(name: String, body: ArraySlice<UInt8>)](), 12)
        while position + 8 <= bytes.count {
            let count = (0..<4).reduce(0) { $0 | Int(bytes[position + 4 + $1]) << (8 * $1) }
            found.append((text(bytes, position), bytes[position + 8..<position + 8 + count]))
            position += 8 + count + count % 2
        }
        return found
    }

    private static func chunks(_ bytes: [UInt8]) -> [(name: String, body: ArraySlice<UInt8>)] {
        var (found, position) = ([(name: String, body: ArraySlice<UInt8>)](), 8)
        while position + 12 <= bytes.count {
            let count = (0..<4).reduce(0) { $0 << 8 | Int(bytes[position + $1]) }
            found.append((text(bytes, position + 4), bytes[position + 8..<position + 8 + count]))
            position += 12 + count
        }
        return found
    }

    private static func text(_ bytes: [UInt8], _ position: Int) -> String {
        String(decoding: bytes[position..<position + 4], as: UTF8.self)
    }
}
