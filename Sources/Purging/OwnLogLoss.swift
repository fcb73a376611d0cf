/// Whether a region has lost its own log, by what other regions know of it. Pure.
struct OwnLogLoss {
    /// Up to here other regions know the log.
    private(set) var told: UInt64 = 0
    /// The last of these that the log was compared with.
    private(set) var compared: UInt64 = 0
    /// Up to here rules of the log were lost, and may be known nowhere.
    private(set) var lost: UInt64 = 0
    /// Everything that the lost ones may have meant was purged once, up to here.
    private var covered: UInt64 = 0

    /// Up to where rules were lost that this region still has to make good; `nil` if it has.
    var uncovered: UInt64? { lost > covered ? lost : nil }

    /// Whether the log was not looked through since others said how far they know it.
    var isUndecided: Bool { told > compared }

    /// Whether the log may be lost, and that is not made good.
    var isOpen: Bool { isUndecided || uncovered != nil }

    /// Everything was purged in place of the rules up to a number.
    mutating func cover(upTo number: UInt64) {
        covered = max(covered, number)
    }

    /// Others know the log up to a number: what is entered from here on gets one above.
    mutating func note(_ number: UInt64) {
        told = max(told, min(number, PurgeRule.highestNumber))
    }

    /// The log was looked through after others had said how far they know it; `nil` if it reaches so far.
    ///
    /// If it does not, it was lost. What was entered since under numbers that others had seen before is nothing they
    /// would ask for.
    ///
    /// - Returns: the rules that have to get new numbers.
    mutating func compare(_ number: UInt64, with book: PurgeBook) -> Set<String>? {
        compared = max(compared, number)
        guard number > book.index.vector[book.region] else { return nil }
        let own = book.rules.values.filter { $0.source == nil && !$0.isMerged }
        guard !own.contains(where: { $0.number >= number }) else { return nil }
        lost = number
        return Set(own.map(\.requestID))
    }

    /// Whether a rule stands under a number that others know for another one.
    func isTaken(by rule: PurgeRule) -> Bool {
        rule.number <= lost && rule.source == nil && !rule.isMerged
    }
}
