package import Deadlines
package import Memory
import Transfer

/// The origins of a URL endpoint, asked in order; every failure moves on to the next.
///
/// The deadline is shared, not divided: a share would cut off a slow but honest download that has the time. A later
/// origin gets its chance because an earlier one that is silent is given up after `OriginTimeouts`.
package struct OriginList: Sendable {
    /// One origin's answer, for logs and metrics.
    package struct Attempt: Sendable {
        package let originID: String
        /// `nil`: it had the original.
        package let error: OriginError?
        /// It had nothing newer than the copy that the request names.
        package let isNotModified: Bool
        package let duration: Duration
    }

    package let origins: [any Origin]

    package init(_ origins: [any Origin]) {
        self.origins = origins
    }

    /// What becomes of an original, once its beginning is known.
    package struct Handling: Sendable {
        /// Of a longer one no more is held than this, in bytes.
        package let maximumBytes: Int
        /// Whether a longer one is read by whoever asked; else it is `.tooLarge`.
        package let streamsLonger: Bool

        package init(maximumBytes: Int, streamsLonger: Bool) {
            self.maximumBytes = maximumBytes
            self.streamsLonger = streamsLonger
        }
    }

    /// The beginning of an original, by which it is judged.
    package struct Beginning: Sendable {
        package let metadata: Original.Metadata
        package let length: Int?
        /// `beginningLength` bytes or more, fewer where there are no more.
        package let bytes: SharedMemory
    }

    /// Enough to tell any kind of file, in bytes.
    package static let beginningLength = 1024

    /// What the first origin has that has something.
    package enum Answer: Sendable {
        case original(Original)
        /// Longer than what is held; all of its bytes are still to be read.
        case opened(any OriginalBody)
        case notModified(Original.Metadata)
    }

    /// The first original that any of them has, be it the one that the request names a copy of. An origin before the
    /// copy's own goes first also where it has it only now.
    ///
    /// Throws `.notFound` only if all said so (or there is none to ask), else the first failure of another kind.
    ///
    /// - Parameters:
    ///   - longest: what is announced to be longer is of no use, whatever it is, in bytes.
    ///   - report: is told of each attempt as it ends.
    package func fetch(
        _ request: OriginRequest, longest: Int = .max, deadline: Deadline, report: (Attempt) -> Void = { _ in },
        handling: (Beginning) -> Handling
    ) throws(OriginError) -> Answer {
        try first(request, deadline: deadline, report: report) { (answer, start) throws(OriginError) in
            switch answer {
            case .notModified(let metadata): return .notModified(metadata)
            case .opened(let body):
                if let length = body.length, length > longest { throw .tooLarge(limit: longest) }
                return try Self.read(body, since: start, handling)
            }
        }
    }

    /// The first that any of them begins to send; for a request without a known copy.
    package func open(
        _ request: OriginRequest, deadline: Deadline, report: (Attempt) -> Void = { _ in }
    ) throws(OriginError) -> any OriginalBody {
        try first(request, deadline: deadline, report: report) { (answer, _) throws(OriginError) in
            guard case .opened(let body) = answer else { throw .unidentified(.status(304)) }
            return body
        }
    }

    private static func read(
        _ body: any OriginalBody, since start: Deadline, _ handling: (Beginning) -> Handling
    ) throws(OriginError) -> Answer {
        func original(_ bytes: SharedMemory) -> Answer {
            .original(Original(bytes: bytes, metadata: body.metadata, downloadDuration: start.elapsed))
        }
        let beginning = try body.gather(beginningLength - 1)
        let bytes = beginning.bytes
        let way = handling(Beginning(metadata: body.metadata, length: body.length, bytes: bytes))
        var begun = bytes
        if max(body.length ?? 0, bytes.count) <= way.maximumBytes {
            if case .whole = beginning { return original(bytes) }
            let all = try BegunBody(bytes, body).gather(way.maximumBytes)
            if case .whole = all, all.bytes.count <= way.maximumBytes { return original(all.bytes) }
            begun = all.bytes
        }
        guard way.streamsLonger else { throw .tooLarge(limit: way.maximumBytes) }
        return .opened(BegunBody(begun, body))
    }

    private func first<Value>(
        _ request: OriginRequest, deadline: Deadline, report: (Attempt) -> Void,
        use: (OriginAnswer, Deadline) throws(OriginError) -> Value
    ) throws(OriginError) -> Value {
        var failure = OriginError.notFound
        for origin in origins {
            // This one was not asked: that is not the same as not found.
            guard !deadline.hasPassed else { throw failure == .notFound ? .timedOut(.total) : failure }
            let start = Deadline.now
            do throws(OriginError) {
                let answer = try origin.open(request.addressed(to: origin.id), deadline: deadline)
                let value = try use(answer, start)
                report(Attempt(origin, answer: answer, duration: start.elapsed))
                return value
            } catch {
                report(Attempt(origin, error: error, duration: start.elapsed))
                // It was not asked: another origin may have something else under that name.
                if error == .crowded { throw error }
                if failure == .notFound { failure = error }
            }
        }
        throw failure
    }
}

extension OriginList.Attempt {
    fileprivate init(
        _ origin: any Origin, answer: OriginAnswer? = nil, error: OriginError? = nil, duration: Duration
    ) {
        let isNotModified = if case .notModified = answer { true } else { false }
        self.init(originID: origin.id, error: error, isNotModified: isNotModified, duration: duration)
    }
}
