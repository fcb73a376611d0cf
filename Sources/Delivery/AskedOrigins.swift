import Caching
import Configuration
import Deadlines
import HTTPRules
import Logging
import Metrics
import Origins
import Transformation

/// Asks the origins of an order's URL endpoint, and tells by the beginning of what they send whether it is held in
/// memory or read while it goes out.
struct AskedOrigins: Sendable {
    enum Answer: Sendable {
        case original(Original, Lifetime)
        /// Too long to be held.
        case file(FetchedFile)
        /// What was known still holds, for that long from now on.
        case notModified(Original.Metadata, Lifetime)
    }

    /// What goes out as it is is held, and kept in the caches, up to this length, in bytes.
    private static let longestHeldFile = 1_000_000

    private let lifetimes: Lifetimes
    /// The longest picture that is decoded, in bytes.
    private let sourceBytes: Int
    /// The longest file that is passed on, in bytes.
    let fileBytes: Int
    private let metrics: Metrics
    private let logger: Logger

    init(_ configuration: Configuration, lifetimes: Lifetimes, metrics: Metrics, logger: Logger) {
        self.lifetimes = lifetimes
        sourceBytes = configuration.limits.sourceBytes
        fileBytes = configuration.limits.fileBytes ?? .max
        self.metrics = metrics
        self.logger = logger
    }

    /// - Parameters:
    ///   - known: the copy that need not come again if it still holds.
    ///   - epoch: the purge log's number before this.
    func fetch(
        _ order: Order, known: Original.Metadata?, epoch: UInt64, until deadline: Deadline
    ) throws(DeliveryError) -> Answer {
        let start = Deadline.now
        var kind = OriginalKind.falsePicture
        let answer: OriginList.Answer
        do {
            answer = try order.route.origins.fetch(
                order.originRequest(known: known),
                longest: order.passesFiles ? max(fileBytes, sourceBytes) : sourceBytes,
                deadline: deadline, report: report
            ) { beginning in
                kind = OriginalKind(
                    beginning.bytes, said: beginning.metadata.contentType, name: order.object.name)
                return handling(of: kind, length: beginning.length, order)
            }
        } catch {
            throw DeliveryError(error)
        }
        switch answer {
        case .notModified(let metadata): return .notModified(metadata, lifetime(metadata, order))
        case .original(let original): return .original(original, lifetime(original.metadata, order))
        case .opened(let body):
            return .file(
                FetchedFile(
                    metadata: body.metadata, length: body.length, contentType: kind.contentType,
                    lifetime: lifetime(body.metadata, order), purgeEpoch: epoch, downloadDuration: start.elapsed,
                    opened: OpenedOriginal(body)))
        }
    }

    /// Begins to read a part of an original that was found before, or all of it, from the first origin that has it.
    /// `nil`: it is gone, or has no such part any more.
    func open(
        _ order: Order, _ range: ByteRange?, until deadline: Deadline
    ) throws(DeliveryError) -> (any OriginalBody)? {
        do throws(OriginError) {
            return try order.route.origins.open(
                order.originRequest(range: range), deadline: deadline, report: report)
        } catch {
            switch error {
            case .notFound, .unidentified(.otherRange), .unidentified(.status(416, _, _)): return nil
            default: throw DeliveryError(error)
            }
        }
    }

    /// Pictures are held to be decoded, however long they may be, and drawings to be sanitised; what goes out as it is is
    /// held while it is short.
    ///
    /// - Parameter length: where nobody knows it, not much is held of what may have to go out while it comes.
    private func handling(of kind: OriginalKind, length: Int?, _ order: Order) -> OriginList.Handling {
        let isFile = if case .file = kind { order.passesFiles } else { false }
        let isUntouchedPicture =
            if case .picture(let format) = kind { order.resolution == .original && format != .svg } else { false }
        guard isFile || isUntouchedPicture else {
            return OriginList.Handling(maximumBytes: sourceBytes, streamsLonger: false)
        }
        if let length, length > fileBytes, isFile || length > sourceBytes {
            return OriginList.Handling(maximumBytes: fileBytes, streamsLonger: false)
        }
        let held = isFile || length == nil ? Self.longestHeldFile : sourceBytes
        return OriginList.Handling(maximumBytes: held, streamsLonger: true)
    }

    private func lifetime(_ metadata: Original.Metadata, _ order: Order) -> Lifetime {
        lifetimes.lifetime(metadata.lifetimeFields, at: order.route.endpoint, now: metadata.fetchedAt)
    }

    private func report(_ attempt: OriginList.Attempt) {
        let result = attempt.error.map { Counter.OriginResult(code: $0.code) }
        metrics.add(.originRequests(result ?? (attempt.isNotModified ? .notModified : .found)))
        logger.debug(
            "origin asked",
            metadata: [
                "origin": "\(attempt.originID)",
                "result": "\(attempt.error?.detail ?? (attempt.isNotModified ? "not modified" : "found"))",
                "milliseconds": "\(attempt.duration.milliseconds)",
            ])
    }
}

extension OriginalKind {
    fileprivate var contentType: String {
        switch self {
        case .picture(let format): format.mediaType
        case .file(let contentType): contentType
        case .perhapsDrawing, .falsePicture: MediaType.bytes.description
        }
    }
}
