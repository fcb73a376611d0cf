import Deadlines

/// How long somebody who has failed is left alone: longer each time.
struct CDNPauses: Sendable {
    private(set) var failures = 0

    static let longest: Duration = .seconds(300)
    /// More than that nobody may ask for.
    private static let mostSeconds = 3600

    /// Notes a failure; returns how long nothing is tried.
    mutating func next(after error: CDNError) -> Duration {
        let first: Duration =
            switch error {
            case .transfer, .failed, .malformed: .seconds(1)
            case .throttled: .seconds(2)
            case .noCredentials, .forbidden, .refused: .seconds(5)
            }
        failures += 1
        let pause = min(first * (1 << min(failures - 1, 10)), Self.longest)
        return max(pause, .seconds(min(error.retryAfter ?? 0, Self.mostSeconds)))
    }

    mutating func end() { failures = 0 }
}
