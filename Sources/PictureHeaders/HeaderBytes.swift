/// Bytes from outside, every read of which is checked: beyond their end there is nothing.
struct HeaderBytes: ~Escapable {
    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    var count: Int { bytes.byteCount }

    func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < bytes.byteCount else { return nil }
        return bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// A number of `length` bytes, at most 8, most significant first; of 8 it may be below 0.
    func big(_ length: Int, at offset: Int) -> Int? {
        guard isInside(length, at: offset) else { return nil }
        return (0..<length).reduce(0) { $0 << 8 | Int(byte(at: offset + $1) ?? 0) }
    }

    /// A number of `length` bytes, at most 8, least significant first; of 8 it may be below 0.
    func little(_ length: Int, at offset: Int) -> Int? {
        guard isInside(length, at: offset) else { return nil }
        return (0..<length).reversed().reduce(0) { $0 << 8 | Int(byte(at: offset + $1) ?? 0) }
    }

    func has(_ expected: some Collection<UInt8>, at offset: Int) -> Bool {
        var place = offset
        for value in expected {
            guard byte(at: place) == value else { return false }
            place += 1
        }
        return true
    }

    func has(_ text: String, at offset: Int) -> Bool { has(text.utf8, at: offset) }

    func prefix(_ length: Int) -> [UInt8] {
        (0..<min(length, count)).compactMap { byte(at: $0) }
    }

    private func isInside(_ length: Int, at offset: Int) -> Bool {
        offset >= 0 && offset <= count - length
    }
}
