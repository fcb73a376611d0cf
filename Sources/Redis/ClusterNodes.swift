/// The nodes of a cluster with the connections to each.
struct ClusterNodes: Sendable {
    private(set) var slots = SlotMap()
    /// As many as `slots.nodes`, in the same order.
    private var pools: [ConnectionPool] = []
    /// Why nobody says where the slots are; `nil` where somebody did, or nobody has been asked.
    var reason: RedisError?

    /// The connections to the owner of a slot; `nil` where nobody is known to own it.
    func owner(of slot: Int) -> ConnectionPool? {
        slots.owner(of: slot).map { pools[$0] }
    }

    /// Nodes that stay keep their connections, and with them what their breakers have learned; those of nodes that
    /// are gone are closed when their last user is done.
    func replaced(
        by slots: SlotMap,
        _ makePool: (RedisAddress.Place) -> ConnectionPool
    ) -> ClusterNodes {
        let known = Dictionary(zip(self.slots.nodes, pools)) { first, _ in first }
        var nodes = ClusterNodes()
        nodes.slots = slots
        nodes.pools = slots.nodes.map { known[$0] ?? makePool($0) }
        return nodes
    }

    /// The connections to the node that a redirection names; `nil` where there are too many nodes. A node that has
    /// been given the slot for good is its owner from here on.
    mutating func follow(
        _ redirection: Redirection,
        for slot: Int,
        _ makePool: (RedisAddress.Place) -> ConnectionPool
    ) -> ConnectionPool? {
        guard let index = slots.index(of: redirection.place) else { return nil }
        if index == pools.count { pools.append(makePool(redirection.place)) }
        if redirection.reason == .moved { slots.give(slot, to: index) }
        return pools[index]
    }
}
