/// Which node of a cluster owns which slot.
package struct SlotMap: Sendable, Equatable {
    /// The most nodes that are told apart; Redis recommends no more than this for one cluster.
    package static let mostNodes = 1_000
    private static let nobody = UInt16.max

    /// Every node that owns a slot or was added.
    package private(set) var nodes: [RedisAddress.Place] = []
    /// Of each slot, the index of its node.
    private var owners = [UInt16](repeating: SlotMap.nobody, count: KeySlot.count)

    /// Nobody owns anything.
    package init() {}

    /// Reads the answer to `CLUSTER SLOTS`: ranges with their first and last slot, their primary and its replicas; a
    /// node is its host, its port and, depending on the version, more.
    ///
    /// Equal for equal answers, whatever their order. `nil` where something is no such answer, gives no slot to
    /// anybody, gives more slots than there are, or names more than `mostNodes`.
    ///
    /// - Parameter answerer: the node whose answer this is.
    package init?(reading ranges: [ReplyValue], from answerer: RedisAddress.Place) {
        var parsed: [(slots: ClosedRange<Int>, place: RedisAddress.Place)] = []
        var free = KeySlot.count
        for range in ranges {
            guard let next = SlotMap.parse(range, answerer), next.slots.count <= free else { return nil }
            free -= next.slots.count
            parsed.append(next)
        }
        let places = Set(parsed.map(\.place))
        guard !places.isEmpty, places.count <= SlotMap.mostNodes else { return nil }
        nodes = places.sorted { $0.sortText < $1.sortText }
        let indexes = Dictionary(uniqueKeysWithValues: zip(nodes, UInt16(0)...))
        for (slots, place) in parsed {
            for slot in slots { owners[slot] = indexes[place] ?? SlotMap.nobody }
        }
    }

    private static func parse(
        _ value: ReplyValue,
        _ answerer: RedisAddress.Place
    ) -> (slots: ClosedRange<Int>, place: RedisAddress.Place)? {
        guard
            case .array(let range) = value, range.count >= 3,
            case .integer(let first) = range[0], case .integer(let last) = range[1],
            0 <= first, first <= last, last < KeySlot.count,
            case .array(let node) = range[2], node.count >= 2,
            case .integer(let number) = node[1], let port = UInt16(exactly: number),
            let place = RedisAddress.Place(announced: node[0].text, port: port, by: answerer)
        else { return nil }
        return (Int(first)...Int(last), place)
    }

    /// The index in `nodes` of a slot's owner.
    package func owner(of slot: Int) -> Int? {
        guard owners.indices.contains(slot), owners[slot] != SlotMap.nobody else { return nil }
        return Int(owners[slot])
    }

    /// The index of a node, which is added if it is new; `nil` where there are too many already.
    package mutating func index(of place: RedisAddress.Place) -> Int? {
        if let index = nodes.firstIndex(of: place) { return index }
        guard nodes.count < SlotMap.mostNodes else { return nil }
        nodes.append(place)
        return nodes.count - 1
    }

    /// Gives one slot to another node.
    package mutating func give(_ slot: Int, to node: Int) {
        guard owners.indices.contains(slot), nodes.indices.contains(node) else { return }
        owners[slot] = UInt16(node)
    }
}

extension RedisAddress.Place {
    /// Different for different nodes, all of which are reached over TCP.
    fileprivate var sortText: String {
        switch self {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }
}
