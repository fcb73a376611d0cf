import Glibc
package import Redis

/// A real cluster for one test: a few primaries that share the slots evenly. It ends with the object at the latest.
package final class RedisCluster: Sendable {
    /// The primaries, in the order of their slots.
    package let nodes: [RedisServer]
    /// Of each node, the id under which the cluster knows it.
    package let ids: [String]

    /// Starts a cluster and waits until every node of it thinks that all is well.
    package init(primaries: Int = 3) throws {
        var nodes: [RedisServer] = []
        var buses: [UInt16] = []
        for _ in 0..<primaries {
            let (node, bus) = try RedisCluster.startNode()
            nodes.append(node)
            buses.append(bus)
        }
        self.nodes = nodes
        ids = try nodes.map { try RedisCluster.id(of: $0) }
        for (index, node) in nodes.enumerated() {
            let (first, last) = (index * KeySlot.count / primaries, (index + 1) * KeySlot.count / primaries - 1)
            try node.ask(Command("CLUSTER", "SET-CONFIG-EPOCH", .number(index + 1)))
            try node.ask(Command("CLUSTER", "ADDSLOTSRANGE", .number(first), .number(last)))
        }
        for (node, bus) in zip(nodes, buses) {
            try RedisCluster.introduce(nodes[0], to: node, bus)
        }
        try waitUntilWell(knowing: primaries)
    }

    package var places: [RedisAddress.Place] { nodes.map(\.place) }

    /// The index of the node that was given a slot at the start.
    package func firstOwner(of slot: Int) -> Int {
        nodes.indices.first { slot < ($0 + 1) * KeySlot.count / nodes.count } ?? 0
    }

    /// Starts another server and makes it a replica of one of the primaries.
    package func addReplica(of primary: Int) throws -> RedisServer {
        let (replica, bus) = try RedisCluster.startNode()
        try RedisCluster.introduce(nodes[0], to: replica, bus)
        try waitUntilWell(knowing: nodes.count + 1)
        // The replica learns of the primary from the others.
        let follows = eventually {
            (try? replica.ask(Command("CLUSTER", "REPLICATE", .text(ids[primary])))) != nil
        }
        let isLinked = try eventually { try replica.info("replication")["master_link_status"] == "up" }
        let isKnown = eventually { nodes.allSatisfy { RedisCluster.replicas(of: ids[primary], $0) == 1 } }
        guard follows, isLinked, isKnown else { throw FixtureError(call: "CLUSTER REPLICATE", errno: ETIMEDOUT) }
        return replica
    }

    private static func startNode() throws -> (node: RedisServer, bus: UInt16) {
        let bus = try Loopback.freePort()
        let node = try RedisServer([
            "cluster-enabled": "yes", "cluster-port": String(bus), "cluster-node-timeout": "1000",
            "cluster-require-full-coverage": "no",
        ])
        return (node, bus)
    }

    private static func introduce(_ first: RedisServer, to node: RedisServer, _ bus: UInt16) throws {
        guard first.port != node.port else { return }
        let (port, bus) = (Command.Argument.number(Int(node.port)), Command.Argument.number(Int(bus)))
        try first.ask(Command("CLUSTER", "MEET", "127.0.0.1", port, bus))
    }

    private func waitUntilWell(knowing count: Int) throws {
        let isWell = try eventually {
            try nodes.allSatisfy { node in
                let text = try node.ask(Command("CLUSTER", "INFO")).text
                return text.contains("cluster_state:ok") && text.contains("cluster_known_nodes:\(count)\r\n")
                    && text.contains("cluster_slots_assigned:\(KeySlot.count)\r\n")
            }
        }
        guard isWell else { throw FixtureError(call: "CLUSTER MEET", errno: ETIMEDOUT) }
    }

    private static func id(of node: RedisServer) throws(RedisError) -> String {
        try node.ask(Command("CLUSTER", "MYID")).text
    }

    private static func replicas(of id: String, _ node: RedisServer) -> Int? {
        (try? node.ask(Command("CLUSTER", "REPLICAS", .text(id))))?.values.count
    }
}
