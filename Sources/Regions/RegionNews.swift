package import Deadlines
package import Purging

/// What is known of other regions, by whichever way it came: a value without clock or lock of its own.
///
/// Everything in it only grows: what comes late, twice or in another order changes nothing.
package struct RegionNews: Sendable {
    /// What is known of one region.
    package struct Known: Sendable, Hashable {
        /// It lived then.
        package var aliveAt: Deadline?
        /// All purges that it knew of then are known here.
        package var confirmedAt: Deadline?
        /// The purges that all its workers and edges obey.
        package var settled = PurgeVector()
        /// Since when its port has refused connections, without any other outcome since.
        package var refusingSince: Deadline?
        /// The configuration that it runs, in its own known.
        package var configuration: String?

        package init() {}
    }

    package let own: String
    /// By region; all others of the configuration, and no more.
    package private(set) var known: [String: Known]

    /// - Parameter others: the names of the other regions.
    package init(own: String, others: some Sequence<String>) {
        self.own = own
        known = Dictionary(others.map { ($0, Known()) }) { first, _ in first }
    }

    package subscript(region: String) -> Known { known[region] ?? Known() }

    /// In the order of their names.
    package var others: [String] { known.keys.sorted() }

    /// Takes note of what a region tells: that it lives, and what it says of all.
    ///
    /// - Parameter moment: it was told at that moment or later.
    package mutating func hear(_ message: ExchangeMessage, from teller: String, at moment: Deadline) {
        guard known[teller] != nil else { return }
        known[teller]?.configuration = message.configuration
        known[teller]?.aliveAt.raise(to: moment)
        for sighting in message.sightings where sighting.region != own {
            known[sighting.region]?.settled.raise(to: sighting.settled)
            if let age = sighting.aliveAge { known[sighting.region]?.aliveAt.raise(to: moment.later(by: .zero - age)) }
        }
    }

    /// Takes note that all purges are known here that the message's teller knew: what it says of others' counts then.
    ///
    /// - Parameter moment: it was told at that moment or later.
    package mutating func confirm(_ message: ExchangeMessage, from teller: String, at moment: Deadline) {
        known[teller]?.confirmedAt.raise(to: moment)
        for sighting in message.sightings where sighting.region != own {
            guard let age = sighting.confirmedAge else { continue }
            known[sighting.region]?.confirmedAt.raise(to: moment.later(by: .zero - age))
        }
    }

    /// Takes note of how a connection to the region's port ended.
    package mutating func dialled(_ region: String, refused: Bool, at moment: Deadline) {
        if !refused {
            known[region]?.refusingSince = nil
        } else if known[region]?.refusingSince == nil {
            known[region]?.refusingSince = moment
        }
    }

    /// Added to the age of what is told on. A moment is known no better than the way of the message that told of it; without
    /// this, news that go round and round would stay young.
    private static let hop = Duration.milliseconds(100)

    /// What there is to tell of all regions.
    ///
    /// - Parameter settled: of this region.
    package func sightings(settled: PurgeVector, now: Deadline) -> [ExchangeMessage.Sighting] {
        let own = ExchangeMessage.Sighting(region: own, aliveAge: .zero, confirmedAge: .zero, settled: settled)
        return [own]
            + known.sorted { $0.key < $1.key }.map { region, known in
                ExchangeMessage.Sighting(
                    region: region, aliveAge: known.aliveAt.map { $0.age(at: now) + Self.hop },
                    confirmedAge: known.confirmedAt.map { $0.age(at: now) + Self.hop }, settled: known.settled)
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
