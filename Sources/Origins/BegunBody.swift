import Deadlines
import HTTPRules
import Memory

/// A body of which some has been read already.
final class BegunBody: OriginalBody {
    private let rest: any OriginalBody
    private let unread: Monitor<Unread>

    /// `beginning` is `nil` once all of it has been lent again.
    private struct Unread {
        var beginning: SharedMemory?
        var offset = 0

        /// Never an empty piece, which to some reads like the end.
        mutating func next() -> (bytes: SharedMemory, piece: Range<Int>)? {
            guard let bytes = beginning, offset < bytes.count else { return nil }
            let piece = offset..<(offset + min(OriginalPiece.longest, bytes.count - offset))
            offset = piece.upperBound
            if offset == bytes.count { beginning = nil }
            return (bytes, piece)
        }
    }

    init(_ beginning: SharedMemory, _ rest: any OriginalBody) {
        self.rest = rest
        unread = Monitor(Unread(beginning: beginning))
    }

    var metadata: Original.Metadata { rest.metadata }
    var length: Int? { rest.length }
    var range: ByteRange? { rest.range }

    func beginStreaming() { rest.beginStreaming() }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        guard let (bytes, piece) = unread.withLock({ $0.next() }) else { return try rest.read(use) }
        bytes.withBytes { use($0.extracting(piece)) }
        return true
    }
}
