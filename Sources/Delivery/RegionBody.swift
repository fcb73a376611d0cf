import Caching
import HTTPRules
import Memory
import Origins
import Regions
import Transfer

/// The bytes of a file as its home region passes them on.
///
/// `@unchecked Sendable`: belongs to one thread at a time, as every body does.
final class RegionBody: OriginalBody, @unchecked Sendable {
    let metadata: Original.Metadata
    let length: Int?
    let range: ByteRange?
    private let stream: RegionStream

    init(_ entry: Entry, _ stream: RegionStream, length: Int?, range: ByteRange?) {
        metadata = Original.Metadata(entry.source, fetchedAt: entry.lifetime.madeAt)
        self.stream = stream
        self.length = length
        self.range = range
    }

    func beginStreaming() { stream.liftDeadline() }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        do throws(TransferError) { return try stream.read(use) } catch { throw OriginError(error) }
    }
}
