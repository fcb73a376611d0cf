/// The waiting rule (design §5): at most half of a worker's slots may wait for anything, and at most a quarter may fetch
/// from one origin. Who finds no place is told so at once, so that somebody is always left to say it.
package final class WaitingPlaces: Sendable {
    /// A place that is held until it is let go of.
    package final class Place: Sendable {
        private let places: WaitingPlaces

        fileprivate init(_ places: WaitingPlaces) {
            self.places = places
        }

        deinit { places.taken.withLock { $0 -= 1 } }
    }

    private let limit: Int
    private let taken = Monitor(0)

    package init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// `nil` if there is none.
    package func take() -> Place? {
        let isFree = taken.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        return isFree ? Place(self) : nil
    }

    /// Runs `body` in a place, or throws `full` at once if there is none.
    package func occupy<Result, Failure: Error>(
        orThrow full: @autoclosure () -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let place = take() else { throw full() }
        defer { withExtendedLifetime(place) {} }
        return try body()
    }
}
