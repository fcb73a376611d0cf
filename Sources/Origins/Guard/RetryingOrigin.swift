package import Deadlines
import Glibc
import HTTPRules
import Transfer

/// An origin that is asked once more where it failed by accident: asking for an original changes nothing, so it can be
/// done twice (RFC 9110 §9.2.2). A body that breaks off goes on where it did.
package struct RetryingOrigin: Origin {
    /// How long an accident is given to pass; at random, so that what failed together does not come back together.
    private static let pauseMilliseconds = 30...120
    /// No second try with less time than this.
    private static let leastTime: Duration = .milliseconds(500)

    private let origin: any Origin
    private let asksAgain: Bool

    /// - Parameter asksAgain: `false` where the origin itself sees to that; then only bodies go on.
    package init(_ origin: any Origin, asksAgain: Bool = true) {
        self.origin = origin
        self.asksAgain = asksAgain
    }

    package var id: String { origin.id }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        var answer: OriginAnswer
        do throws(OriginError) {
            answer = try origin.open(request, deadline: deadline)
        } catch {
            guard asksAgain, Self.mayPass(error), Self.pause(before: deadline) else { throw error }
            answer = try origin.open(request, deadline: deadline)
        }
        guard case .opened(let body) = answer else { return answer }
        return .opened(ResumingBody(body, of: origin, request, deadline: deadline))
    }

    /// Overload and accidents that the next request may not meet. Who says when to come back is obeyed; who was silent
    /// has had his time.
    private static func mayPass(_ error: OriginError) -> Bool {
        switch error {
        case .unidentified(.transfer(.truncated)), .unidentified(.transfer(.unreachable)): true
        case .unidentified(.status(let status, retryAfter: nil, _)): [502, 503, 504].contains(status)
        default: false
        }
    }

    /// `false`: there is no time for it.
    static func pause(before deadline: Deadline) -> Bool {
        guard deadline.remaining > leastTime else { return false }
        usleep(UInt32(Int.random(in: pauseMilliseconds)) * 1000)
        return true
    }
}

/// A body that goes on once where its connection broke, if the original is still the same.
///
/// `@unchecked Sendable`: belongs to one thread at a time, as every body does.
final class ResumingBody: OriginalBody, @unchecked Sendable {
    private var body: any OriginalBody
    private let origin: any Origin
    private let request: OriginRequest
    private var deadline: Deadline
    private var isStreaming = false
    private var hasResumed = false
    /// How many bytes have come.
    private var count = 0

    init(_ body: any OriginalBody, of origin: any Origin, _ request: OriginRequest, deadline: Deadline) {
        self.body = body
        self.origin = origin
        self.request = request
        self.deadline = deadline
        metadata = body.metadata
        length = body.length
        range = body.range
    }

    let metadata: Original.Metadata
    let length: Int?
    let range: ByteRange?

    func beginStreaming() {
        isStreaming = true
        body.beginStreaming()
    }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        do throws(OriginError) {
            return try body.read { bytes in
                count += bytes.byteCount
                use(bytes)
            }
        } catch {
            guard !hasResumed, case .unidentified(.transfer(.truncated)) = error else { throw error }
            hasResumed = true
            guard let rest = try? rest() else { throw error }
            body = rest
            return try read(use)
        }
    }

    /// What is still to come, from a new connection; `nil`: there is none that fits what has come already.
    private func rest() throws(OriginError) -> (any OriginalBody)? {
        // Without a strong tag nobody can say that it is the same (RFC 9110 §13.1.5).
        guard let tag = metadata.validators.entityTag, !tag.hasPrefix("W/"), let missing else { return nil }
        if isStreaming { deadline = Deadline(in: Self.reopeningTime) }
        guard RetryingOrigin.pause(before: deadline) else { return nil }
        var request = request
        (request.range, request.known) = (missing, nil)
        guard case .opened(let rest) = try origin.open(request, deadline: deadline), rest.range == missing,
            rest.metadata.validators.entityTag == tag, rest.length == nil || length == nil || rest.length == length
        else { return nil }
        if isStreaming { rest.beginStreaming() }
        return rest
    }

    /// `nil` where nobody knows, or all has come.
    private var missing: ByteRange? {
        let (first, overflow) = (range?.first ?? 0).addingReportingOverflow(count)
        guard !overflow, let last = range?.last ?? length.map({ $0 - 1 }) else { return nil }
        return ByteRange(first: first, last: last)
    }

    /// For the beginning of the rest, where the deadline of the whole has been lifted.
    private static let reopeningTime: Duration = .seconds(15)
}
