import Deadlines
import Logging
import Regions

/// Tells of requests that were refused in the name of a region: a line for each reason and second, so that nobody can fill
/// the log with them.
final class RefusalLog: Sendable {
    private static let pause: Duration = .seconds(1)

    private let logger: Logger
    private let next = Monitor<[RegionRefusal: Deadline]>([:])

    init(_ logger: Logger) {
        self.logger = logger
    }

    func note(_ refusal: RegionRefusal, _ request: DeliveryRequest) {
        let isDue = next.withLock { next in
            guard next[refusal]?.hasPassed ?? true else { return false }
            next[refusal] = Deadline(in: Self.pause)
            return true
        }
        guard isDue else { return }
        logger.warning(
            "region request refused",
            metadata: [
                "reason": "\(refusal.rawValue)", "address": "\(request.remoteAddress)", "request": "\(request.id)",
            ])
    }
}
