package import Deadlines
package import Purging

/// What is known of other regions, by whichever way it came: a value without clock or lock of its own.
///
/// Everything in it only grows: what comes late, twice or in another order changes nothing.
package struct RegionNews: Sendable {
    /// What is known of one region.
    package struct Word: Sendable, Hashable {
        /// It lived then.
        package var aliveAt: Deadline?
        /// All purges that it knew of then are known here.
        package var confirmedAt: Deadline?
        /// The purges that all its workers and edges obey.
        package var settled = PurgeVector()
        /// Since when its port has refused connections, without any other outcome since.
        package var refusingSince: Deadline?
        /// The configuration that it runs, in its own words.
        package var configuration: String?

        package init() {}
    }

    package let own: String
    /// By region; all others of the configuration, and no more.
    package private(set) var words: [String: Word]

    /// - Parameter others: the names of the other regions.
    package init(own: String, others: some Sequence<String>) {
        self.own = own
        words = Dictionary(others.map { ($0, Word()) }) { first, _ in first }
    }

    package subscript(region: String) -> Word { words[region] ?? Word() }

    /// In the order of their names.
    package var others: [String] { words.keys.sorted() }

    /// Takes note of what a region tells: that it lives, and what it says of all.
    ///
    /// - Parameter moment: it was told at that moment or later.
    package mutating func hear(_ message: ExchangeMessage, from teller: String, at moment: Deadline) {
        guard words[teller] != nil else { return }
        words[teller]?.configuration = message.configuration
        words[teller]?.aliveAt.raise(to: moment)
        for tale in message.tales where tale.region != own {
            words[tale.region]?.settled.raise(to: tale.settled)
            if let age = tale.aliveAge { words[tale.region]?.aliveAt.raise(to: moment.later(by: .zero - age)) }
        }
    }

    /// Takes note that all purges are known here that the message's teller knew: what it says of others' counts then.
    ///
    /// - Parameter moment: it was told at that moment or later.
    package mutating func confirm(_ message: ExchangeMessage, from teller: String, at moment: Deadline) {
        words[teller]?.confirmedAt.raise(to: moment)
        for tale in message.tales where tale.region != own {
            guard let age = tale.confirmedAge else { continue }
            words[tale.region]?.confirmedAt.raise(to: moment.later(by: .zero - age))
        }
    }

    /// Takes note of how a connection to the region's port ended.
    package mutating func dialled(_ region: String, refused: Bool, at moment: Deadline) {
        if !refused {
            words[region]?.refusingSince = nil
        } else if words[region]?.refusingSince == nil {
            words[region]?.refusingSince = moment
        }
    }

    /// Added to the age of what is told on. A moment is known no better than the way of the message that told of it; without
    /// this, news that go round and round would stay young.
    private static let hop = Duration.milliseconds(100)

    /// What there is to tell of all regions.
    ///
    /// - Parameter settled: of this region.
    package func tales(settled: PurgeVector, now: Deadline) -> [ExchangeMessage.Tale] {
        let own = ExchangeMessage.Tale(region: own, aliveAge: .zero, confirmedAge: .zero, settled: settled)
        return [own]
            + words.sorted { $0.key < $1.key }.map { region, word in
                ExchangeMessage.Tale(
                    region: region, aliveAge: word.aliveAt.map { $0.age(at: now) + Self.hop },
                    confirmedAge: word.confirmedAt.map { $0.age(at: now) + Self.hop }, settled: word.settled)
            }
    }
}

extension Deadline {
    /// The time from this moment to another; never negative.
    func age(at now: Deadline) -> Duration {
        let (nanoseconds, overflows) = now.nanoseconds.subtractingReportingOverflow(nanoseconds)
        return .nanoseconds(overflows ? Int64.max / 2 : max(0, nanoseconds))
    }
}

extension Deadline? {
    fileprivate mutating func raise(to moment: Deadline) {
        self = self.map { Swift.max($0, moment) } ?? moment
    }
}
