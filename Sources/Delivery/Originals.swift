import Caching
import Configuration
import Deadlines
import Logging
import Origins
import Transfer

/// Fetches originals, each once for all that want it at the same time.
final class Originals: Sendable {
    private let flights: SingleFlight<String, Original, OriginError>
    private let recent: RecentOriginals
    private let maximumBytes: Int
    private let logger: Logger

    init(maximumBytes: Int, followers: Int, logger: Logger) {
        flights = SingleFlight(limits: .init(followersPerKey: followers, followers: followers))
        recent = RecentOriginals(largestOriginal: maximumBytes)
        self.maximumBytes = maximumBytes
        self.logger = logger
    }

    func fetch(_ order: Order, until deadline: Deadline) throws(DeliveryError) -> Original {
        let key = order.originalKey
        while true {
            let flight = flights.run(key, until: deadline) { () throws(OriginError) in
                if let original = recent.find(key) { return original }
                let original = try order.route.origins.fetch(
                    order.originRequest(maximumBytes: maximumBytes), deadline: deadline, report: report)
                // A file is quickly read again, and its owner may just be changing it.
                if order.route.reachesOverNetwork { recent.keep(original, under: key) }
                return original
            }
            switch flight {
            case .led(let result), .followed(let result):
                do { return try result.get() } catch { throw DeliveryError(error) }
            case .retry: continue
            case .timedOut: throw DeliveryError(OriginError.timedOut(.total))
            case .crowded: throw .overloaded
            }
        }
    }

    private func report(_ attempt: OriginList.Attempt) {
        logger.debug(
            "origin asked",
            metadata: [
                "origin": "\(attempt.originID)", "result": "\(attempt.error?.detail ?? "found")",
                "milliseconds": "\(attempt.duration.milliseconds)",
            ])
    }
}
