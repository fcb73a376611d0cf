import Deadlines
import Logging

/// How loud a refusal for want of room is in the log: one a second stands for all of them, which the metrics count. Under
/// a flood their lines would cost as much as the answers.
final class ShedLog: Sendable {
    private static let pause: Duration = .seconds(1)

    private let next = Monitor(Deadline.now)

    func level(of error: DeliveryError) -> Logger.Level {
        guard error.isShedding else { return error.level }
        return next.withLock { next in
            guard next.hasPassed else { return .debug }
            next = Deadline(in: Self.pause)
            return error.level
        }
    }
}
