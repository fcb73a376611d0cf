import Deadlines
import HTTPRules
import Transfer

/// A web server's or bucket's answer as the answer of an origin.
struct WebAnswer {
    private let stream: TransferStream
    private let metadata: Original.Metadata

    /// - Parameter fetchedAt: when it was asked, in Unix seconds.
    init(_ stream: TransferStream, originID: String, fetchedAt: Int64) {
        self.stream = stream
        metadata = Original.Metadata(stream.head, originID: originID, fetchedAt: fetchedAt)
    }

    /// `nil`: "not modified" about another state than `known`.
    ///
    /// - Parameters:
    ///   - range: the part that was asked for.
    ///   - judge: says what a refusal means where its status does not.
    func opened(
        _ range: ByteRange?, known: Original.Metadata?, _ judge: (TransferStream) -> OriginError? = { _ in nil }
    ) throws(OriginError) -> OriginAnswer? {
        if let refusal = Self.refusal(of: stream.head) {
            let judged = judge(stream)
            stream.skip()
            throw judged ?? refusal
        }
        switch stream.head.status {
        case 304:
            stream.skip()
            guard let known, known.validators.mayBe(metadata.validators) else { return nil }
            return .notModified(known.confirmed(by: metadata, with: stream.head))
        case 206:
            let content = stream.head["content-range"].flatMap { ContentRange($0) }
            guard let range, let content, content.range.first == range.first, content.range.last <= range.last,
                content.range.count == stream.announcedLength ?? content.range.count
            else {
                stream.close()
                throw .unidentified(range == nil ? .status(206) : .otherRange)
            }
            return .opened(WebBody(stream, metadata, length: content.total, range: content.range))
        default:
            return .opened(WebBody(stream, metadata, length: stream.announcedLength, range: nil))
        }
    }

    /// `nil` for the answers that are good: the original or the part as it is, and that there is none but ours.
    static func refusal(of head: ResponseHead) -> OriginError? {
        switch head.status {
        case 200, 206:
            let coding = head["content-encoding"]?.lowercased() ?? "identity"
            return coding == "identity" || coding.isEmpty ? nil : .unidentified(.contentCoding)
        case 304: return nil
        case 404, 410: return .notFound
        case 401, 403: return .forbidden()
        case 429, 503: return .unidentified(.status(head.status, retryAfter: head.secondsToWait()))
        default: return .unidentified(.status(head.status))
        }
    }
}

/// The bytes of an original as they come over HTTP.
///
/// `@unchecked Sendable`: belongs to one thread at a time, as every body does.
final class WebBody: OriginalBody, @unchecked Sendable {
    let metadata: Original.Metadata
    let length: Int?
    let range: ByteRange?
    private let stream: TransferStream
    /// How many bytes have come.
    private var count = 0

    init(_ stream: TransferStream, _ metadata: Original.Metadata, length: Int?, range: ByteRange?) {
        self.stream = stream
        self.metadata = metadata
        self.length = length
        self.range = range
    }

    func beginStreaming() { stream.liftDeadline() }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        var isWithin = true
        let isMore: Bool
        do throws(TransferError) {
            isMore = try stream.read { bytes in
                count += bytes.byteCount
                isWithin = count <= range?.count ?? .max
                if isWithin { use(bytes) }
            }
        } catch {
            throw OriginError(error)
        }
        try checkPart(isWithin: isWithin, isOver: !isMore)
        return isMore
    }

    /// A whole that is cut off is told by its length; a part has to be what its head has said.
    private func checkPart(isWithin: Bool, isOver: Bool) throws(OriginError) {
        guard let range else { return }
        guard isWithin else {
            stream.close()
            throw .unidentified(.otherRange)
        }
        if isOver, count < range.count { throw .unidentified(.transfer(.truncated)) }
    }
}
