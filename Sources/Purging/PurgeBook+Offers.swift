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
            let head = OfferText.longestHead(of: source)
            var after = known[source]
            if after < floor {
                // Only the region itself can say that there is no telling; it is asked by everybody.
                guard isOwn, floor <= vector[source], head <= room else { continue }
                room -= head
                offers.append(PurgeOffer(source: source, after: after, upTo: floor, isReset: true))
                after = floor
            }
            let told = log.filter { place in
                place.number > after && place.number <= vector[source]
                    && !(isOwn && (late.contains(place.rule.requestID) || unshared.contains(place.rule.requestID)))
            }
            let (rules, bytes) = first(of: told, in: room - head)
            if let last = rules.last?.source?.number {
                room -= head + bytes
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

    /// As many as there is room for, and what they take; of those with the same number all or none.
    private func first(of log: [ToldRule], in room: Int) -> (rules: [PurgeRule], bytes: Int) {
        var (taken, takenBytes) = ([PurgeRule](), 0)
        var start = log.startIndex
        while start < log.endIndex {
            let end = log[start...].firstIndex { $0.number != log[start].number } ?? log.endIndex
            let bytes = log[start..<end].reduce(0) { $0 + $1.bytes }
            guard bytes <= room - takenBytes else { break }
            takenBytes += bytes
            taken += log[start..<end].map(\.rule)
            start = end
        }
        return (taken, takenBytes)
    }
}

/// A rule as others are told of it.
private struct ToldRule {
    let region: String
    let number: UInt64
    /// With its source.
    let rule: PurgeRule

    /// At most so much it takes.
    var bytes: Int { OfferText.frame + OfferText.escapedBytes(of: rule.line) }
}

/// How long what is offered can get as text: see `PurgeLog.offers(to:mostBytes:)`.
private enum OfferText {
    /// What a line takes beside its text and numbers.
    static let frame = 32
    /// The digits of `PurgeRule.highestNumber`.
    private static let longestNumber = 16

    /// An offer without its rules.
    static func longestHead(of source: String) -> Int { frame + escapedBytes(of: source) + 2 * longestNumber }

    /// Where control bytes, `%` and all that is not ASCII are escaped.
    static func escapedBytes(of text: String) -> Int {
        text.utf8.reduce(0) { $0 + ((0x20...0x7E).contains($1) && $1 != UInt8(ascii: "%") ? 1 : 3) }
    }
}

extension PurgeRule {
    fileprivate func told(by region: String) -> ToldRule? {
        source(in: region).map { ToldRule(region: $0.region, number: $0.number, rule: from($0)) }
    }
}
