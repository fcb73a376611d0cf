extension PurgeBook {
    /// What a region that knows `known` lacks, as far as this book can tell all of it: see `PurgeLog.offers(to:mostBytes:)`.
    ///
    /// - Parameters:
    ///   - late: rules that are to get new numbers.
    ///   - lost: up to here rules of this region's log were lost.
    func offers(to known: PurgeVector, late: Set<String>, lost: UInt64, mostBytes: Int) -> [PurgeOffer] {
        let vector = index.vector
        let behind = vector.regions.filter { known[$0] < vector[$0] }
        guard !behind.isEmpty else { return [] }
        let logs = Dictionary(grouping: rules.values.lazy.compactMap { $0.told(by: region) }, by: \.region)
        var room = mostBytes
        var offers: [PurgeOffer] = []
        for source in behind.sorted(by: { ($0 != region ? 1 : 0, $0) < ($1 != region ? 1 : 0, $1) }) {
            let log = (logs[source] ?? []).sorted { ($0.number, $0.rule.number) < ($1.number, $1.rule.number) }
            let isOwn = source == region
            let floor = max(floor(of: log), isOwn ? lost : 0)
            var after = known[source]
            if after < floor {
                // Only the region itself can say that there is no telling; it is asked by everybody.
                guard isOwn, floor <= vector[source], room > 0 else { continue }
                offers.append(PurgeOffer(source: source, after: after, upTo: floor, isReset: true))
                after = floor
            }
            let told = log.filter { place in
                place.number > after && place.number <= vector[source]
                    && !(isOwn && (late.contains(place.rule.requestID) || unshared.contains(place.rule.requestID)))
            }
            let rules = first(of: told, room: &room)
            if let last = rules.last?.source?.number {
                offers.append(PurgeOffer(source: source, after: after, upTo: last, rules: rules))
            }
        }
        return offers
    }

    /// Up to which number of a log merging may have swallowed rules.
    ///
    /// A merged rule covers none with a higher number here than its own; and where a log's rules have their order here
    /// too, nothing is missing above the first of them which is newer than every merged one.
    ///
    /// - Parameter log: its rules, in order.
    private func floor(of log: [ToldRule]) -> UInt64 {
        guard merged.number > 0, var lowest = log.last?.number else { return 0 }
        var local = UInt64.max
        for place in log.reversed() {
            guard place.rule.number > merged.number, place.rule.number < local else { break }
            (lowest, local) = (place.number, place.rule.number)
        }
        return lowest - 1
    }

    /// As many as there is room for; of those with the same number all or none.
    private func first(of log: [ToldRule], room: inout Int) -> [PurgeRule] {
        var taken: [PurgeRule] = []
        var start = log.startIndex
        while start < log.endIndex {
            let end = log[start...].firstIndex { $0.number != log[start].number } ?? log.endIndex
            let bytes = log[start..<end].reduce(0) { $0 + $1.bytes }
            guard bytes <= room else {
                room = 0
                break
            }
            room -= bytes
            taken += log[start..<end].map(\.rule)
            start = end
        }
        return taken
    }
}

/// A rule as others are told of it.
private struct ToldRule {
    let region: String
    let number: UInt64
    /// With its source.
    let rule: PurgeRule

    /// What a line takes beside its text.
    private static let frame = 32

    /// At most so much it takes where control bytes, `%` and all that is not ASCII are escaped.
    var bytes: Int {
        rule.line.utf8.reduce(Self.frame) { $0 + ((0x20...0x7E).contains($1) && $1 != UInt8(ascii: "%") ? 1 : 3) }
    }
}

extension PurgeRule {
    fileprivate func told(by region: String) -> ToldRule? {
        source(in: region).map { ToldRule(region: $0.region, number: $0.number, rule: from($0)) }
    }
}
