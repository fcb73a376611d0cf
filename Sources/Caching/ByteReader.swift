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

    /// Unix seconds.
    @_lifetime(self: copy self)
    mutating func moment() -> Int64? {
        integer(UInt64.self).map { Int64(bitPattern: $0) }
    }

    /// A byte that is 0 or 1; `nil` for any other.
    @_lifetime(self: copy self)
    mutating func flag() -> Bool? {
        guard let byte = integer(UInt8.self), byte <= 1 else { return nil }
        return byte == 1
    }

    /// Unix seconds behind a byte that says whether there are any; the outer `nil` where the bytes end too early.
    @_lifetime(self: copy self)
    mutating func optionalMoment() -> Int64?? {
        guard let isThere = flag(), let moment = moment() else { return nil }
        return .some(isThere ? moment : nil)
    }

    /// Texts behind their count in two bytes.
    @_lifetime(self: copy self)
    mutating func list() -> [String]? {
        guard let count = integer(UInt16.self) else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = text() else { return nil }
            texts.append(text)
        }
        return texts
    }
}
