/// Writes the fields of a message in their order: numbers in little-endian, texts with their length.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ text: String) {
        write(UInt32(clamping: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// The message is shorter than its fields, or a field has a value that it cannot have.
package struct MalformedMessage: Error, Equatable {}

/// Reads what `MessageWriter` wrote; never traps on anything else.
struct MessageReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func read<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(MalformedMessage) -> Value {
        let size = MemoryLayout<Value>.size
        guard rest.count >= size else { throw MalformedMessage() }
        var value: Value = 0
        for byte in rest.prefix(size).reversed() { value = (value << 8) | Value(truncatingIfNeeded: byte) }
        rest = rest.dropFirst(size)
        return value
    }

    mutating func readText() throws(MalformedMessage) -> String {
        let count = Int(try read(UInt32.self))
        guard rest.count >= count else { throw MalformedMessage() }
        defer { rest = rest.dropFirst(count) }
        return String(decoding: rest.prefix(count), as: UTF8.self)
    }
}
