package import Deadlines

extension PurgeLog {
    /// What a region lacks that knows as much as `known`: rules of this region's log, and of others as far as this
    /// process has all of them. It takes them in with `adopt`.
    ///
    /// Rules that were merged are told no more: who would need them is told to purge everything once, but of this
    /// region's log only. The others can tell of theirs themselves.
    ///
    /// - Parameter mostBytes: of all offers and their rules as text. An offer counts with its region's name, two numbers of
    ///   16 digits and 32 bytes for what stands around them; a rule with its `line` and 32 bytes. In these texts every
    ///   byte counts threefold that is not printable ASCII, or is `%`. There is room for every rule in 16 KiB. What is
    ///   left is told when `known` has risen.
    package func offers(to known: PurgeVector, mostBytes: Int) -> [PurgeOffer] {
        guard !known.covers(current.vector) else { return [] }
        return inspect { state in
            state.book.offers(to: known, late: state.chores.late, lost: state.ownLoss.lost, mostBytes: mostBytes)
        }
    }

    /// Takes note that other regions know this region's log up to a number, so that the numbers go on above it.
    ///
    /// If the next whole look shows that the log does not reach so far, it has been lost, with Redis and the store. What
    /// was entered since gets new numbers, because others would think that they know it. To be called before `adopt`
    /// with what the same region offers, which makes the loss good; also if that is nothing.
    package func noteOwnNumber(_ number: UInt64) {
        guard number > inspect({ $0.ownLoss.told }) else { return }
        change { $0.noteOwnNumber(number) }
    }

    /// For every region the number in its log up to which all rules are completed here, as `state(of:account:)` counts; of
    /// this one only those before the first that is `untold`.
    package var settled: PurgeVector {
        let now = settings.now()
        return change { state in
            var first = state.firstUnsettled { isCompleted($0, at: now) }
            if let untold = state.untold.first {
                first[settings.region] = min(first[settings.region] ?? .max, max(1, untold))
            }
            let vector = state.book.index.vector
            return PurgeVector(
                Dictionary(
                    uniqueKeysWithValues: vector.regions.map { region in
                        (region, min(vector[region], first[region].map { $0 - 1 } ?? .max))
                    }))
        }
    }

    /// Where a purge was entered, and its number there; `nil` where `state(of:account:)` is.
    package func origin(of requestID: String, account: String) -> PurgeRule.Source? {
        guard let request = inspect({ $0.book.requests[requestID] }), request.account == account else { return nil }
        return request.source ?? PurgeRule.Source(region: settings.region, number: request.number)
    }

    /// Has the log read until it knows as much as is wanted; false if it does not by the deadline.
    package func awaitVector(_ wanted: PurgeVector, until deadline: Deadline) -> Bool {
        while !current.vector.covers(wanted) {
            guard !deadline.hasPassed, !isStopped else { return false }
            awaitSynchronisation(until: deadline)
            if current.vector.covers(wanted) { return true }
            pause(until: deadline.capped(to: Self.pauseBetweenLooks))
        }
        return true
    }

    private static let pauseBetweenLooks = Duration.milliseconds(20)
}
