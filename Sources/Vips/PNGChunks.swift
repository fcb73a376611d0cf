/// The chunks of a PNG (PNG specification, 5.3: big-endian length, name, body, checksum).
struct PNGChunks {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    init(_ address: UnsafeRawPointer, _ count: Int) {
        self.init(UnsafeRawBufferPointer(start: address, count: count))
    }

    func contains(_ name: String) -> Bool { !places(of: name).isEmpty }

    /// Whole chunks; none after one that is not whole.
    func places(of name: String) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 8
        while position + 12 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[position + $1]) }
            let end = position + 12 + length
            guard end <= bytes.count else { break }
            if bytes[position + 4..<position + 8].elementsEqual(name.utf8) { found.append(position..<end) }
            position = end
        }
        return found
    }
}
