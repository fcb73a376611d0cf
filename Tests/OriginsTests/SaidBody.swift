import Deadlines
import HTTPRules
import Origins

/// A body whose pieces and end are what the test says.
final class SaidBody: OriginalBody {
    let metadata: Original.Metadata
    let length: Int?
    let range: ByteRange?
    /// What comes instead of the end.
    private let failure: OriginError?
    private let pieces: Monitor<[[UInt8]]>
    private let streaming = Monitor(false)

    convenience init(
        _ piece: String, of originID: String = "shop", tag: String? = nil, length: Int? = nil,
        range: ByteRange? = nil, failure: OriginError? = nil
    ) {
        self.init([piece], of: originID, tag: tag, length: length, range: range, failure: failure)
    }

    init(
        _ pieces: [String], of originID: String = "shop", tag: String? = nil, length: Int? = nil,
        range: ByteRange? = nil, failure: OriginError? = nil
    ) {
        metadata = Original.Metadata(originID: originID, validators: .init(entityTag: tag), fetchedAt: 0)
        self.pieces = Monitor(pieces.map { [UInt8]($0.utf8) })
        self.length = length
        self.range = range
        self.failure = failure
    }

    /// Whether it was told so.
    var isStreaming: Bool { streaming.withLock { $0 } }
    var isReadToItsEnd: Bool { pieces.withLock { $0.isEmpty } }

    func beginStreaming() { streaming.withLock { $0 = true } }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        guard let piece = pieces.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
            if let failure { throw failure }
            return false
        }
        use(piece.span.bytes)
        return true
    }
}

/// An origin that answers each time with the next of what the test says, and then with the last.
final class SaidOrigin: Origin {
    enum Said: Sendable {
        case error(OriginError)
        /// A new one each time.
        case opened(@Sendable () -> SaidBody)
        /// What the request knows still holds.
        case notModified
    }

    let id = "shop"
    private let answers: [Said]
    private let log = Monitor<[OriginRequest]>([])

    init(_ answers: [Said]) {
        self.answers = answers
    }

    convenience init(_ answers: Said...) {
        self.init(answers)
    }

    /// What it was asked.
    var requests: [OriginRequest] { log.withLock { $0 } }

    func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        let count = log.withLock { log in
            log.append(request)
            return log.count
        }
        switch answers[min(count, answers.count) - 1] {
        case .error(let error): throw error
        case .opened(let body): return .opened(body())
        case .notModified: return .notModified(request.known ?? Original.Metadata(originID: "nobody", fetchedAt: 0))
        }
    }
}

extension OriginAnswer {
    var body: any OriginalBody {
        get throws(OriginError) {
            guard case .opened(let body) = self else { throw .unidentified(.status(304)) }
            return body
        }
    }
}

extension OriginalBody {
    /// The next piece; `nil`: there is none.
    func piece() throws(OriginError) -> String? {
        var text: String?
        let isMore = try read { bytes in text = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        return isMore ? text : nil
    }

    /// Reads until so many bytes have come, or the end.
    func text(upTo count: Int) throws(OriginError) -> String {
        var text = ""
        while text.utf8.count < count, let next = try piece() { text += next }
        return text
    }
}
