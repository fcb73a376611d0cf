#if canImport(Glibc)
    import Glibc
#endif

/// State that several threads share, with a way to wait for it to change until a deadline: the only wait of its kind.
///
/// `@unchecked Sendable`: `state` is touched only while `mutex` is held.
package final class Monitor<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Reads or changes the state; those who wait are not told.
    package func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Changes the state and lets everybody who waits look at it again.
    package func update<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return try body(&state)
    }

    /// Waits until `attempt` gives a value and returns it; `nil` once the deadline has passed.
    ///
    /// `attempt` is called with the state locked, at least once, and again after every `update`.
    package func wait<Result>(until deadline: Deadline, _ attempt: (inout State) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = attempt(&state) { return result }
            // A moment before the clock began would be no valid time, and the wait for it an endless loop.
            let (seconds, nanoseconds) = max(0, deadline.nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
            var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
            guard pthread_cond_timedwait(changed, mutex, &time) == ETIMEDOUT else { continue }
            if let result = attempt(&state) { return result }
            if deadline.hasPassed { return nil }
            pauseAfterEarlyEnd()
        }
    }

    /// Where somebody else makes the clock (libfaketime) waits end at once: the deadline is what counts.
    private func pauseAfterEarlyEnd() {
        pthread_mutex_unlock(mutex)
        usleep(1000)
        pthread_mutex_lock(mutex)
    }
}
