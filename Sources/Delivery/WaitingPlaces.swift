import Deadlines

/// The waiting rule (design §5): at most half of a worker's slots may wait for anything, and at most a quarter may fetch
/// from one origin. Who finds no place is told so at once, so that somebody is always left to say it.
final class WaitingPlaces: Sendable {
    private let limit: Int
    private let taken = Monitor(0)

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Runs `body` in a place, or throws `full` at once if there is none.
    func occupy<Result, Failure: Error>(
        orThrow full: Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let isFree = taken.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isFree else { throw full }
        defer { taken.withLock { $0 -= 1 } }
        return try body()
    }
}
