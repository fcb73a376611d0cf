import Deadlines
import HTTPRules
import Transfer

/// The bytes of a file, read while they are wanted.
///
/// `@unchecked Sendable`: belongs to one thread at a time, as every body does.
final class DiskBody: OriginalBody, @unchecked Sendable {
    let metadata: Original.Metadata
    let range: ByteRange?
    private let file: OpenFile
    private var deadline: Deadline
    private var offset: Int
    private let end: Int
    private var buffer: [UInt8] = []

    /// - Parameter range: where the file has no such part, all of it comes.
    init(_ file: consuming OpenFile, _ metadata: Original.Metadata, _ range: ByteRange?, deadline: Deadline) {
        let size = file.size
        self.range = range.flatMap { $0.last < size ? $0 : nil }
        offset = self.range?.first ?? 0
        end = self.range.map { $0.last + 1 } ?? size
        self.file = file
        self.metadata = metadata
        self.deadline = deadline
    }

    var length: Int? { file.size }

    func beginStreaming() { deadline = Deadline(nanoseconds: .max) }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        guard offset < end else {
            try file.checkUnchanged()
            return false
        }
        guard !deadline.hasPassed else { throw .timedOut(.total) }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: min(end - offset, OriginalPiece.longest)) }
        let count = min(try file.read(into: &buffer, at: offset), end - offset)
        offset += count
        buffer.withUnsafeBytes { use($0.bytes.extracting(first: count)) }
        return true
    }
}
