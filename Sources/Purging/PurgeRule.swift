/// One purge as it lies in the log: what it means, and the number that orders it among all others of the region.
package struct PurgeRule: Hashable, Sendable {
    /// Under which its sender asks for it: a random UUID in lower case.
    package let requestID: String
    package let account: String
    package let target: PurgeTarget
    /// Seconds since 1970 on the clock of the host that accepted it. Only for dropping old rules.
    package let acceptedAt: Int64
    /// 1…`highestNumber`. An entry made under a lower number is void if the target means it.
    package let number: UInt64
    /// Whether the target was widened to stand for several rules.
    package let isMerged: Bool

    /// The highest number that Redis' scores, which are doubles, tell from its neighbours.
    package static let highestNumber: UInt64 = 1 << 53

    /// The most bytes of an account's id.
    static let longestAccount = 200

    package init(
        requestID: String, account: String, target: PurgeTarget, acceptedAt: Int64, number: UInt64,
        isMerged: Bool = false
    ) {
        self.requestID = requestID
        self.account = account
        self.target = target.normalised
        self.acceptedAt = acceptedAt
        self.number = number
        self.isMerged = isMerged
    }

    func renumbered(_ number: UInt64) -> PurgeRule {
        PurgeRule(
            requestID: requestID, account: account, target: target, acceptedAt: acceptedAt, number: number,
            isMerged: isMerged)
    }

    func widened(to target: PurgeTarget) -> PurgeRule {
        PurgeRule(
            requestID: requestID, account: account, target: target, acceptedAt: acceptedAt, number: number,
            isMerged: true)
    }

    /// The same rule under an id that follows from what it says, so that two processes that merged the same rules store
    /// the same thing, and two that merged different ones never overwrite each other's.
    func renamedByContent() -> PurgeRule {
        let line = RuleText.line(
            of: PurgeRule(
                requestID: String(number), account: account, target: target, acceptedAt: 0, number: number,
                isMerged: true))
        var (high, low) = (TextDigest(), TextDigest())
        for byte in line.utf8 { high.add(byte) }
        for byte in line.utf8.reversed() { low.add(byte) }
        return PurgeRule(
            requestID: RequestID.text(high.value, low.value), account: account, target: target,
            acceptedAt: acceptedAt, number: number, isMerged: true)
    }

    /// The order of the log.
    static func isEarlier(_ one: PurgeRule, _ other: PurgeRule) -> Bool {
        (one.number, one.requestID) < (other.number, other.requestID)
    }
}
