import Caching
import HTTPRules
import Memory
import Origins

/// Bytes that are here already, to go out at a client's pace without a slot.
///
/// `@unchecked Sendable`: belongs to one thread at a time, as every body does.
final class HeldBody: OriginalBody, @unchecked Sendable {
    let metadata: Original.Metadata
    let range: ByteRange?
    private let bytes: any Blob
    private var position: Int
    private let end: Int

    init(_ bytes: any Blob, _ served: Served, range: ByteRange?) {
        metadata = Original.Metadata(served.source, fetchedAt: served.lifetime.madeAt)
        self.bytes = bytes
        self.range = range
        position = range?.first ?? 0
        end = range.map { $0.last + 1 } ?? bytes.count
    }

    var length: Int? { bytes.count }

    func beginStreaming() {}

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        guard position < end else { return false }
        let next = min(end, position + OriginalPiece.longest)
        bytes.withBytes { use($0.extracting(position..<next)) }
        position = next
        return true
    }
}
