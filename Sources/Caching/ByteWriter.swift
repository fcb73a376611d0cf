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

    /// The count of the texts in two bytes, then the texts. False where something is longer than that can say.
    mutating func add(list: [String]) -> Bool {
        guard let count = UInt16(exactly: list.count) else { return false }
        add(count)
        for text in list {
            guard add(text: text) else { return false }
        }
        return true
    }

    mutating func add(flag: Bool) {
        add(UInt8(flag ? 1 : 0))
    }

    /// A byte that says whether there is one, and Unix seconds.
    mutating func add(optional moment: Int64?) {
        add(flag: moment != nil)
        add(UInt64(bitPattern: moment ?? 0))
    }
}
