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
    /// Where it comes from; `nil` if it was entered in this region, or stands for several.
    package let source: Source?

    /// Another region, and the number that a rule has in its log.
    package struct Source: Hashable, Sendable {
        package let region: String
        package let number: UInt64

        package init(region: String, number: UInt64) {
            (self.region, self.number) = (region, number)
        }
    }

    /// The highest number that Redis' scores, which are doubles, tell from its neighbours.
    package static let highestNumber: UInt64 = 1 << 53

    /// The most bytes of an account's id.
    static let longestAccount = 200

    package init(
        requestID: String, account: String, target: PurgeTarget, acceptedAt: Int64, number: UInt64,
        isMerged: Bool = false, source: Source? = nil
    ) {
        self.requestID = requestID
        self.account = account
        self.target = target.normalised
        self.acceptedAt = acceptedAt
        self.number = number
        self.isMerged = isMerged
        self.source = source
    }

    func renumbered(_ number: UInt64) -> PurgeRule {
        PurgeRule(
            requestID: requestID, account: account, target: target, acceptedAt: acceptedAt, number: number,
            isMerged: isMerged, source: source)
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
        return PurgeRule(
            requestID: RequestID.following(from: line), account: account, target: target, acceptedAt: acceptedAt,
            number: number, isMerged: true)
    }

    /// The same rule under the number it has in the log of another region.
    func from(_ source: Source?) -> PurgeRule {
        PurgeRule(
            requestID: requestID, account: account, target: target, acceptedAt: acceptedAt, number: number,
            isMerged: false, source: source)
    }

    /// Where it stands in the log it was entered in; `nil` for one that stands for several.
    func source(in region: String) -> Source? {
        isMerged ? nil : source ?? Source(region: region, number: number)
    }

    /// The order of the log that both come from.
    static func isEarlierAtSource(_ one: PurgeRule, _ other: PurgeRule) -> Bool {
        (one.source?.number ?? 0, one.requestID) < (other.source?.number ?? 0, other.requestID)
    }

    /// The order of the log.
    static func isEarlier(_ one: PurgeRule, _ other: PurgeRule) -> Bool {
        (one.number, one.requestID) < (other.number, other.requestID)
    }
}
