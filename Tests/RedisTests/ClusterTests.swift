import Deadlines
import Redis
import RedisFixture
import Testing

/// Real clusters of three primaries.
@Suite struct ClusterTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }

    private func client(
        _ seeds: [RedisAddress.Place],
        timeout: Duration = .seconds(2),
        _ observer: @escaping RedisEvent.Observer = { _ in }
    ) -> any RedisClient {
        RedisDeployment.cluster(seeds, login: RedisLogin()).client(limits: .init(timeout: timeout), observer: observer)
    }

    /// How often a node has answered with an error of that code.
    private func answers(_ code: String, by node: RedisServer) throws -> String? {
        try node.info("errorstats")["errorstat_\(code)"].map { String($0) }
    }

    @Test func keysGoToTheNodesOfTheirSlots() throws {
        let cluster = try RedisCluster()
        // The first seed is nobody; one that answers is enough.
        let nowhere = RedisAddress.Place.tcp(host: "127.0.0.1", port: try unusedPort())
        let client = client([nowhere, cluster.places[2]])
        try JoinableThread.run(10) { thread in
            for index in 0..<30 { _ = try? client.set("key \(thread) \(index)", "value", until: soon) }
        }
        #expect(try client.set("{tag}a", "value", until: soon).isOK)
        #expect(try client.set("{tag}b", "value", until: soon).isOK)
        var sum: Int64 = 0
        for node in cluster.nodes {
            guard case .integer(let keys) = try node.ask(Command("DBSIZE")).kind else { continue }
            #expect(keys > 50)
            sum += keys
            #expect(try answers("MOVED", by: node) == nil)
        }
        #expect(sum == 302)
        #expect(try client.get("key 3 7", until: soon).text == "value")
    }

    @Test func aSlotThatMovedIsFollowedOnce() throws {
        let cluster = try RedisCluster()
        let client = client(cluster.places)
        let slot = KeySlot.slot(of: "key")
        let old = cluster.firstOwner(of: slot)
        let new = (old + 1) % 3
        #expect(try client.get("key", until: soon).kind == .null)
        // The new owner first, as the cluster's own tools do it.
        for node in [new, old, (old + 2) % 3] {
            try cluster.nodes[node].ask(
                Command("CLUSTER", "SETSLOT", .number(slot), "NODE", .text(cluster.ids[new])))
        }
        for index in 0..<20 { #expect(try client.set("key", "value \(index)", until: soon).isOK) }
        #expect(try cluster.nodes[new].ask(Command("GET", "key")).text == "value 19")
        #expect(try answers("MOVED", by: cluster.nodes[old]) == "count=1")
    }

    @Test func aSlotOnItsWayIsAskedForAtBothEnds() throws {
        let cluster = try RedisCluster()
        let client = client(cluster.places)
        let slot = KeySlot.slot(of: "{tag}")
        let from = cluster.firstOwner(of: slot)
        let to = (from + 1) % 3
        #expect(try client.set("{tag}stays", "here", until: soon).isOK)
        try cluster.nodes[to].ask(
            Command("CLUSTER", "SETSLOT", .number(slot), "IMPORTING", .text(cluster.ids[from])))
        try cluster.nodes[from].ask(
            Command("CLUSTER", "SETSLOT", .number(slot), "MIGRATING", .text(cluster.ids[to])))

        #expect(try client.get("{tag}stays", until: soon).text == "here")
        #expect(try client.set("{tag}new", "there", until: soon).isOK)
        #expect(try client.get("{tag}new", until: soon).text == "there")
        // Asking for one key does not move the slot: the old node is still the first to be asked.
        #expect(try answers("ASK", by: cluster.nodes[from]) == "count=2")
        #expect(try answers("MOVED", by: cluster.nodes[to]) == nil)
        let count = Command("CLUSTER", "COUNTKEYSINSLOT", .number(slot))
        #expect(try cluster.nodes[from].ask(count).kind == .integer(1))
        #expect(try cluster.nodes[to].ask(count).kind == .integer(1))

        let port = Command.Argument.number(Int(cluster.nodes[to].port))
        try cluster.nodes[from].ask(Command("MIGRATE", "127.0.0.1", port, "{tag}stays", "0", "5000"))
        #expect(try client.get("{tag}stays", until: soon).text == "here")
        for node in [to, from] {
            try cluster.nodes[node].ask(Command("CLUSTER", "SETSLOT", .number(slot), "NODE", .text(cluster.ids[to])))
        }
        #expect(try client.get("{tag}stays", until: soon).text == "here")
        #expect(try client.get("{tag}new", until: soon).text == "there")
    }

    /// A key of each node, in their order.
    private func keys(_ cluster: RedisCluster) throws -> [String] {
        let names = (0..<1_000).map { "key \($0)" }
        return try cluster.nodes.indices.map { node in
            try #require(names.first { cluster.firstOwner(of: KeySlot.slot(of: $0)) == node })
        }
    }

    @Test func aDeadNodeCostsOnlyItsOwnKeys() throws {
        let cluster = try RedisCluster()
        let events = Monitor<[RedisEvent]>([])
        let client = client(cluster.places) { event in events.withLock { $0.append(event) } }
        let keys = try keys(cluster)
        for key in keys { #expect(try client.set(key, "value", until: soon).isOK) }
        cluster.nodes[1].kill()
        // Connections that are known to be closed, then nobody to connect to, then nobody is asked.
        #expect(throws: RedisError.failed(.connect, errno: 111)) { try client.get(keys[1], until: soon) }
        for _ in 0..<100 {
            #expect(throws: RedisError.self) { try client.get(keys[1], until: soon) }
            #expect(try client.get(keys[0], until: soon).text == "value")
            #expect(try client.get(keys[2], until: soon).text == "value")
        }
        try cluster.nodes[1].start()
        #expect(eventually { (try? client.set(keys[1], "again", until: soon)) != nil })
        let others = events.withLock { events in
            events.filter { event in
                if case .server(let address, _, _) = event { address != cluster.nodes[1].address } else { false }
            }
        }
        #expect(others.isEmpty)
    }

    @Test func aReplicaTakesOverFromAHungNode() throws {
        let cluster = try RedisCluster()
        let replica = try cluster.addReplica(of: 1)
        let keys = try keys(cluster)
        let client = client(cluster.places, timeout: .milliseconds(50))
        for key in keys { #expect(eventually { (try? client.set(key, "value", until: soon)) != nil }) }
        cluster.nodes[1].hang()
        defer { cluster.nodes[1].goOn() }
        #expect(eventually { (try? client.set(keys[1], "again", until: soon)) != nil })
        #expect(try replica.ask(Command("GET", .text(keys[1]))).text == "again")
    }
}

/// Nodes that say what a test wants.
@Suite struct FalseClusterTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }

    private func client(
        _ seeds: [RedisAddress.Place],
        _ observer: @escaping RedisEvent.Observer = { _ in }
    ) -> any RedisClient {
        RedisDeployment.cluster(seeds, login: RedisLogin())
            .client(limits: .init(timeout: .seconds(2)), observer: observer)
    }

    /// Says that all slots are those of one port, on the host that is asked.
    private static func allSlots(_ port: UInt16) -> String {
        "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$0\r\n\r\n:\(port)\r\n"
    }

    @Test func aServerWithoutClusterIsNone() throws {
        let server = try RedisServer()
        let events = Monitor<[RedisEvent]>([])
        let client = client([server.place]) { event in events.withLock { $0.append(event) } }
        for _ in 0..<100 { #expect(throws: RedisError.unavailable) { try client.get("key", until: soon) } }
        let error = RedisError.refused(ServerError(line: "ERR This instance has cluster support disabled"))
        #expect(events.withLock { $0 } == [.slotsNotFound(error)])
    }

    @Test(arguments: ["MOVED", "ASK"]) func redirectionsInACircleEnd(word: String) throws {
        let own = Monitor<UInt16>(0)
        let node = try ScriptedServer { words in
            let port = own.withLock { $0 }
            switch words.first {
            case "CLUSTER": return FalseClusterTests.allSlots(port)
            case "ASKING": return "+OK\r\n"
            default: return "-\(word) 1 127.0.0.1:\(port)\r\n"
            }
        }
        defer { node.stop() }
        own.withLock { $0 = node.port }
        let client = client([node.place])
        let error = #expect(throws: RedisError.self) { try client.get("key", until: soon) }
        #expect(error?.code?.rawValue == word)
        #expect(node.commands("GET") == ClusterClient.mostRedirections + 1)
        #expect(node.commands("ASKING") == (word == "ASK" ? ClusterClient.mostRedirections : 0))
    }

    @Test(arguments: ["TRYAGAIN", "CLUSTERDOWN"]) func otherErrorsArePassedOn(word: String) throws {
        let own = Monitor<UInt16>(0)
        let node = try ScriptedServer { words in
            words.first == "CLUSTER" ? FalseClusterTests.allSlots(own.withLock { $0 }) : "-\(word) later\r\n"
        }
        defer { node.stop() }
        own.withLock { $0 = node.port }
        let client = client([node.place])
        for _ in 0..<3 {
            let error = #expect(throws: RedisError.self) { try client.get("key", until: soon) }
            #expect(error?.code?.rawValue == word)
        }
        #expect(node.commands("GET") == 3)
    }

    @Test func aNodeThatFailsAfterARedirectionIsAnError() throws {
        let nowhere = try unusedPort()
        let own = Monitor<UInt16>(0)
        let node = try ScriptedServer { words in
            words.first == "CLUSTER"
                ? FalseClusterTests.allSlots(own.withLock { $0 }) : "-MOVED 1 127.0.0.1:\(nowhere)\r\n"
        }
        defer { node.stop() }
        own.withLock { $0 = node.port }
        #expect(throws: RedisError.failed(.connect, errno: 111)) { try client([node.place]).get("key", until: soon) }
    }
}
