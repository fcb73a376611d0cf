/// Reads little-endian integers and texts one after the other; `nil` where the bytes end too early.
struct ByteReader: ~Escapable {
    private let bytes: RawSpan
    private(set) var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    @_lifetime(self: copy self)
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) -> Integer? {
        let size = MemoryLayout<Integer>.size
        guard bytes.byteCount - offset >= size else { return nil }
        defer { offset += size }
        return Integer(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    /// A text with its length in two bytes; `nil` also where it is not UTF-8.
    @_lifetime(self: copy self)
    mutating func text() -> String? {
        guard let count = integer(UInt16.self).map(Int.init), bytes.byteCount - offset >= count else { return nil }
        defer { offset += count }
        return bytes.extracting(offset..<offset + count).withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    }
}
