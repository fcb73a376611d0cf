/// How far the rules that a process learns reach in the logs they were entered in. Pure.
///
/// A position says that every rule up to it is known. It follows from the rules alone, without a note of its own in Redis
/// or the store: each log's rules come in their order, and so the newest stands for all before it.
struct PurgePositions {
    /// The highest number by region among the rules that came in order, whatever number they have here.
    private(set) var reached = PurgeVector()
    private var waiting: [Place] = []

    private struct Place {
        let requestID: String
        let region: String
        let number: UInt64
        /// The rule's number here.
        let local: UInt64
        /// Whether everything before it in its log was there when it came. A listing of a store is no moment: it may
        /// show what was written later and not what was written before. The next one has both.
        var isInOrder: Bool
    }

    /// The lowest number here of a rule that is not counted yet.
    var firstWaiting: UInt64? { waiting.lazy.map(\.local).min() }

    /// What to do with a place whose turn has come.
    enum Verdict {
        case count, wait, forget
    }

    mutating func note(_ rule: PurgeRule, from source: PurgeRule.Source, isInOrder: Bool) {
        waiting.append(
            Place(
                requestID: rule.requestID, region: source.region, number: source.number, local: rule.number,
                isInOrder: isInOrder))
        if isInOrder { reached.raise(source.region, to: source.number) }
    }

    /// The positions of the rules at or below `epoch`, which wait no more.
    mutating func take(
        upTo epoch: UInt64, _ judge: (_ requestID: String, _ source: PurgeRule.Source, _ local: UInt64) -> Verdict
    ) -> PurgeVector {
        var taken = PurgeVector()
        guard !waiting.isEmpty else { return taken }
        var left: [Place] = []
        for place in waiting {
            let verdict =
                place.local <= epoch && place.isInOrder
                ? judge(place.requestID, .init(region: place.region, number: place.number), place.local) : .wait
            switch verdict {
            case .count: taken.raise(place.region, to: place.number)
            case .wait: left.append(place)
            case .forget: break
            }
        }
        waiting = left
        return taken
    }

    /// Everything that was written before what is known has been found too.
    mutating func settleOrder() {
        for index in waiting.indices where !waiting[index].isInOrder {
            waiting[index].isInOrder = true
            reached.raise(waiting[index].region, to: waiting[index].number)
        }
    }
}
