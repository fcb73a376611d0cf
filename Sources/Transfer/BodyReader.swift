import Memory

/// The parts of a request's body as one stream, which can begin again: libcurl does when a kept connection turns out to
/// be closed.
struct BodyReader {
    private let parts: [any Blob]
    /// Bytes of all parts together, clamped.
    let count: Int
    /// Where the next byte is.
    private var part = 0
    private var offset = 0
    /// Bytes before the next one.
    private(set) var position = 0

    init(_ parts: [any Blob]) {
        self.parts = parts
        count = parts.reduce(0) { sum, part in
            let (longer, overflow) = sum.addingReportingOverflow(part.count)
            return overflow ? .max : longer
        }
    }

    /// Whether all has been read.
    var isAtEnd: Bool { position >= count }

    /// Copies as much as fits and is there; returns how much that is.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < buffer.count, part < parts.count {
            let size = min(buffer.count - filled, parts[part].count - offset)
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + size)])
            let source = offset..<(offset + size)
            parts[part].withBytes { bytes in
                bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[source])) }
            }
            filled += size
            advance(by: size)
        }
        return filled
    }

    /// Goes to a position from the start; `false` if there is none such.
    mutating func seek(to target: Int) -> Bool {
        guard (0...count).contains(target) else { return false }
        (part, offset, position) = (0, 0, 0)
        while position < target {
            advance(by: min(target - position, parts[part].count - offset))
        }
        return true
    }

    private mutating func advance(by size: Int) {
        offset += size
        position += size
        if offset >= parts[part].count { (part, offset) = (part + 1, 0) }
    }
}
