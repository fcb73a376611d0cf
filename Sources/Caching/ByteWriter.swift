import Memory

/// Appends little-endian integers, texts and bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func add(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(contentsOf blob: some Blob) {
        blob.withBytes { part in
            part.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
    }

    /// The text's length in two bytes, then the text. False, and nothing added, where it is longer than that can say.
    mutating func add(text: String) -> Bool {
        let utf8 = text.utf8
        guard let count = UInt16(exactly: utf8.count) else { return false }
        add(count)
        bytes.append(contentsOf: utf8)
        return true
    }

    /// Overwrites eight bytes that were added before.
    mutating func replace(_ range: Range<Int>, with integer: UInt64) {
        withUnsafeBytes(of: integer.littleEndian) { bytes.replaceSubrange(range, with: $0) }
    }
}
