import Deadlines
import Purging
import Regions

/// A purge log in memory that vouches for everything at once.
final class FakeLog: SharedPurges {
    private struct State {
        var rules: [PurgeRule.Source: PurgeRule] = [:]
        var ids: [String: PurgeRule.Source] = [:]
        var vector = PurgeVector()
        var floor: UInt64 = 0
        var failure: PurgeError?
        var adoptions = 0
        var settles = true
    }

    private let region: String
    private let state = Monitor(State())

    init(_ region: String) {
        self.region = region
    }

    /// What adopting ends with from now on; `nil`: well.
    func fail(_ failure: PurgeError?) { state.withLock { $0.failure = failure } }
    /// Whether this region obeys what it knows.
    func settle(_ settles: Bool) { state.update { $0.settles = settles } }
    /// Loses everything, as a region does whose Redis and store are gone.
    func lose() {
        state.update { state in
            (state.rules, state.ids, state.vector, state.floor) = ([:], [:], PurgeVector(), 0)
        }
    }

    /// How often something was adopted.
    var adoptions: Int { state.withLock { $0.adoptions } }
    var vector: PurgeVector { state.withLock { $0.vector } }
    var settled: PurgeVector { state.withLock { $0.settles ? $0.vector : PurgeVector() } }

    func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String {
        state.update { state in
            let number = max(state.vector[region], state.floor) + 1
            let digits = "\(number)"
            let head = region.utf8.reduce(0) { ($0 * 31 + Int($1)) % 90_000_000 } + 10_000_000
            let id = "\(head)-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
            let source = PurgeRule.Source(region: region, number: number)
            state.rules[source] = PurgeRule(
                requestID: id, account: account, target: target, acceptedAt: 0, number: 0, source: source)
            state.ids[id] = source
            state.vector.raise(region, to: number)
            return id
        }
    }

    func state(of requestID: String, account: String) -> PurgeState? {
        state.withLock { state in state.ids[requestID].map { _ in state.settles ? .completed : .pending } }
    }

    func origin(of requestID: String, account: String) -> PurgeRule.Source? {
        state.withLock { $0.ids[requestID] }
    }

    func offers(to known: PurgeVector, mostBytes: Int) -> [PurgeOffer] {
        state.withLock { state in
            var left = mostBytes
            var offers: [PurgeOffer] = []
            for source in state.vector.regions where state.vector[source] > known[source] {
                let rules = state.rules.values.filter { rule in
                    rule.source.map { $0.region == source && $0.number > known[source] } ?? false
                }.sorted { ($0.source?.number ?? 0) < ($1.source?.number ?? 0) }
                left -= 200
                let fitting = rules.prefix { rule in
                    var field = RegionFields()
                    field.add("rule", rule.line)
                    left -= field.text.count
                    return left >= 0
                }
                let isWhole = fitting.count == rules.count
                let upTo = isWhole ? state.vector[source] : fitting.last?.source?.number ?? known[source]
                if upTo > known[source] {
                    offers.append(
                        PurgeOffer(source: source, after: known[source], upTo: upTo, rules: Array(fitting)))
                }
                guard isWhole else { break }
            }
            return offers
        }
    }

    func adopt(_ offers: [PurgeOffer], accounts: [String], deadline: Deadline) throws(PurgeError) {
        try state.update { (state) throws(PurgeError) in
            if let failure = state.failure { throw failure }
            state.adoptions += 1
            for offer in offers where offer.after <= state.vector[offer.source] {
                for rule in offer.rules {
                    guard let source = rule.source else { continue }
                    state.rules[source] = rule
                    state.ids[rule.requestID] = source
                }
                state.vector.raise(offer.source, to: offer.upTo)
            }
        }
    }

    func noteOwnNumber(_ number: UInt64) {
        state.update { $0.floor = max($0.floor, number) }
    }

    func awaitVector(_ wanted: PurgeVector, until deadline: Deadline) -> Bool {
        state.wait(until: deadline) { $0.vector.covers(wanted) ? true : nil } ?? false
    }
}
