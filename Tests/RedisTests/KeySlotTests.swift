import Redis
import RedisFixture
import Testing

@Suite struct KeySlotTests {
    /// The check value is the one of CRC-16/XMODEM; the rules of tags are those of the cluster specification.
    @Test(arguments: [
        ("123456789", 0x31C3), ("", 0), ("{user1000}.following", 3443), ("{user1000}.followers", 3443),
        ("user1000", 3443), ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015), ("{bar", 4015), ("foo{bar}{zap}", 5061),
        ("bar", 5061),
    ]) func slots(key: String, slot: Int) {
        #expect(KeySlot.slot(of: key) == slot)
    }

    @Test func theServerAgrees() throws {
        let server = try RedisServer(["cluster-enabled": "yes", "cluster-port": String(try unusedPort())])
        let keys = ["", "{", "}", "{}", "a{}b", "}{x}", "{a}{b}", "{{a}", "é{ü}", "a{\r\n}", "\0", "x{\0}y"]
        for key in keys + (0..<100).map({ "variant:\($0 &* 7_919)" }) {
            let reply = try server.ask(Command("CLUSTER", "KEYSLOT", .text(key)))
            #expect(reply.kind == .integer(Int64(KeySlot.slot(of: key))), "\(key.debugDescription)")
        }
    }
}
