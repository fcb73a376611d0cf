/// A value that is good until a moment of the wall clock, such as a token, and is made again before then. Shared by all
/// threads.
///
/// One thread makes it while the others go on with the old one; with no usable one they wait for the new one. Nothing
/// happens in between: who asks after the moment of renewal is the one who makes.
package final class Renewable<Value: Equatable & Sendable, Failure: Error>: Sendable {
    /// What was made, and its end in Unix seconds. One that has ended already, by whoever's clock, is used all the same
    /// for `pauseWithout`: so a clock that is wrong stops nothing, and nothing is made for every single request.
    package typealias Fresh = (value: Value, goodUntil: Int64)

    private let limits: RenewalLimits
    private let outOfTime: Failure
    private let now: @Sendable () -> Int64
    private let state = Monitor(State())

    /// - Parameters:
    ///   - outOfTime: thrown to who has waited in vain for another to make the value.
    ///   - now: Unix seconds.
    package init(
        _ limits: RenewalLimits = RenewalLimits(), outOfTime: Failure,
        now: @escaping @Sendable () -> Int64 = { WallClock.unixSeconds }
    ) {
        self.limits = limits
        self.outOfTime = outOfTime
        self.now = now
    }

    /// The value of this moment. Throws what `make` has thrown, lately or just now, if there is no usable value; and
    /// `outOfTime`.
    ///
    /// - Parameter make: makes a value until the deadline given, which is earlier than the caller's where the old value
    ///   is still good. The last value, which may be good no longer, is given for those that can be exchanged for new
    ///   ones. May not ask for the value itself.
    package func value(
        until deadline: Deadline,
        make: (_ previous: Value?, _ deadline: Deadline) throws(Failure) -> Fresh
    ) throws(Failure) -> Value {
        let turn = state.wait(until: deadline) { $0.turn(now: now(), mayMake: !deadline.hasPassed, limits) }
        switch turn {
        case .use(let value): return value
        case .fail(let failure): throw failure
        case .make(let previous): return try attempt(make, previous, until: deadline)
        case .renew(let spare): return renewed(make, spare, until: deadline)
        case nil: throw outOfTime
        }
    }

    /// Takes note that the value is refused where it is shown, so that the next who asks makes another. Does nothing if
    /// there is another already.
    package func invalidate(_ value: Value) {
        state.update { state in
            if state.held?.value == value { state.held?.isRefused = true }
        }
    }

    /// Makes a value where there is none. What others asked meanwhile fails with it.
    private func attempt(
        _ make: (Value?, Deadline) throws(Failure) -> Fresh, _ previous: Value?, until deadline: Deadline
    ) throws(Failure) -> Value {
        do throws(Failure) {
            return keep(try make(previous, deadline))
        } catch {
            // A caller without time says nothing of the maker: the next one tries for itself.
            let failure = deadline.hasPassed ? nil : error
            state.update { $0.gaveUp(with: failure, now: now()) }
            throw error
        }
    }

    /// Makes a value ahead of time, with half of the caller's own at most: the rest is for what it wants the value for.
    private func renewed(
        _ make: (Value?, Deadline) throws(Failure) -> Fresh, _ spare: Value, until deadline: Deadline
    ) -> Value {
        do throws(Failure) {
            return keep(try make(spare, deadline.capped(to: deadline.remaining / 2)))
        } catch {
            state.update { $0.gaveUp(with: error, now: now()) }
            return spare
        }
    }

    private func keep(_ fresh: Fresh) -> Value {
        let held = Held(fresh, now: now(), limits)
        state.update { $0.made(held) }
        return held.value
    }
}

/// When a value is made again. Whole seconds count; what is shorter than one is none.
package struct RenewalLimits: Sendable, Hashable {
    /// How long before its end, but never longer than a quarter of its life.
    package var ahead: Duration = .seconds(300)
    /// After a failure, while the old value is good; but never longer than a quarter of the time ahead, so that there
    /// are several tries.
    package var pauseWith: Duration = .seconds(10)
    /// After a failure, when there is no value: as long, everybody who asks gets that failure.
    package var pauseWithout: Duration = .seconds(1)
    /// Ends later than this from now are as good as none.
    package var longestLife: Duration = .seconds(365 * 86_400)

    package init() {}

    fileprivate static let part: Int64 = 4
}

extension Renewable {
    private enum Turn {
        case use(Value)
        case fail(Failure)
        /// For the caller to do: nobody else does until it has said what came of it.
        case make(previous: Value?)
        case renew(spare: Value)
    }

    private struct Held {
        let value: Value
        let goodUntil: Int64
        let renewalFrom: Int64
        /// After a failed renewal.
        let pause: Int64
        var isRefused = false

        init(_ fresh: Fresh, now: Int64, _ limits: RenewalLimits) {
            value = fresh.value
            let shortest = max(1, limits.pauseWithout.components.seconds)
            let longest = max(shortest, limits.longestLife.components.seconds)
            goodUntil = min(max(fresh.goodUntil, now + shortest), now + longest)
            let ahead = min(limits.ahead.components.seconds, (goodUntil - now) / RenewalLimits.part)
            renewalFrom = goodUntil - ahead
            pause = max(1, min(limits.pauseWith.components.seconds, ahead / RenewalLimits.part))
        }
    }

    /// Who may do what, without clock and lock of its own.
    private struct State {
        var held: Held?
        private var isBeingMade = false
        private var failure: (reason: Failure, at: Int64)?

        /// `nil`: to wait.
        mutating func turn(now: Int64, mayMake: Bool, _ limits: RenewalLimits) -> Turn? {
            if let held, !held.isRefused, now < held.goodUntil {
                let isEarly = now < held.renewalFrom || failed(within: held.pause, now: now) != nil
                guard !isEarly, !isBeingMade, mayMake else { return .use(held.value) }
                isBeingMade = true
                return .renew(spare: held.value)
            }
            guard !isBeingMade else { return nil }
            let pause = limits.pauseWithout.components.seconds
            if let reason = failed(within: pause, now: now) { return .fail(reason) }
            guard mayMake else { return nil }
            isBeingMade = true
            return .make(previous: held?.value)
        }

        mutating func made(_ held: Held) {
            self.held = held
            isBeingMade = false
            failure = nil
        }

        mutating func gaveUp(with reason: Failure?, now: Int64) {
            isBeingMade = false
            failure = reason.map { ($0, now) }
        }

        /// The last failure, unless it is older; or of a time that is still to come, since clocks are set back.
        private func failed(within pause: Int64, now: Int64) -> Failure? {
            guard let failure, now >= failure.at, now - failure.at < pause else { return nil }
            return failure.reason
        }
    }
}
