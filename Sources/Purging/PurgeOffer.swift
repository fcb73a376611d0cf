/// What one region tells another of the purges in one log: its own, or that of a third.
package struct PurgeOffer: Hashable, Sendable {
    /// The region in whose log they are.
    package var source: String
    /// Every rule of that log above this number…
    package var after: UInt64
    /// …up to this one is among `rules`, or is covered by one that is, or was dropped because of its age.
    package var upTo: UInt64
    /// Rules above `after` were merged and cannot be told: everything is to be purged once.
    package var isReset: Bool
    /// In the order of their numbers; all with their source, also the teller's own.
    package var rules: [PurgeRule]

    package init(source: String, after: UInt64, upTo: UInt64, isReset: Bool = false, rules: [PurgeRule] = []) {
        (self.source, self.after, self.upTo, self.isReset, self.rules) = (source, after, upTo, isReset, rules)
    }
}
