import Configuration
import Deadlines
import Redis
import RedisFixture
import Regions
import Testing

@Suite struct GateTests {
    /// Unix milliseconds.
    private static let now: Int64 = 1_795_291_234_567
    private static let secrets = [Secret("first secret"), Secret("second secret")]

    private let keys: RegionKeys
    private let gate: RegionGate

    init() throws {
        keys = try #require(RegionKeys(Self.secrets))
        gate = RegionGate(region: "us", others: ["eu", "ap"], keys: keys, nonces: Nonces(redis: nil))
    }

    /// A request as it is, or changed in one or more ways.
    struct Sent: CustomTestStringConvertible, Sendable {
        var testDescription = ""
        var from = "eu"
        var to = "us"
        var sentAt = GateTests.now
        var nonce = "0123456789abcdef0123456789abcdef"
        var path = "/_apus/region/ask"
        var secret = "first secret"
        var isSigned = true
        var text: @Sendable (String) -> String = { $0 }
        var refusal: RegionRefusal?

        init(_ testDescription: String, _ refusal: RegionRefusal?, _ change: (inout Sent) -> Void) {
            self.testDescription = testDescription
            self.refusal = refusal
            change(&self)
        }

        var body: [UInt8] {
            var fields = RegionEnvelope(from: from, to: to, sentAt: sentAt, nonce: nonce).fields
            fields.add("x", "y")
            return Array(text(String(decoding: fields.text, as: UTF8.self)).utf8)
        }

        var signature: String? {
            guard isSigned, let keys = RegionKeys([Secret(secret)]) else { return nil }
            return keys.signature(of: RegionCall(path: path) ?? .ask, body: body)
        }
    }

    @discardableResult
    private func admit(_ sent: Sent, now: Int64 = Self.now) throws -> RegionGate.Admitted {
        try gate.admit(
            path: sent.path, body: sent.body, signature: sent.signature, until: Deadline(in: .seconds(5)), now: now)
    }

    @Test(arguments: [
        Sent("as it should be", nil) { _ in },
        Sent("with the second secret", nil) { $0.secret = "second secret" },
        Sent("another call", nil) { $0.path = "/_apus/region/exchange" },
        Sent("five minutes old", nil) { $0.sentAt -= 300_000 },
        Sent("five minutes early", nil) { $0.sentAt += 300_000 },
        Sent("too old", .clock) { $0.sentAt -= 300_001 },
        Sent("too early", .clock) { $0.sentAt += 300_001 },
        Sent("at the beginning of time", .clock) { $0.sentAt = 0 },
        Sent("at its end", .clock) { $0.sentAt = .max },
        Sent("without a signature", .signature) { $0.isSigned = false },
        Sent("with another secret", .signature) { $0.secret = "third secret" },
        Sent("to another region", .misrouted) { $0.to = "ap" },
        Sent("to an unknown region", .misrouted) { $0.to = "mars" },
        Sent("from an unknown region", .unknown) { $0.from = "mars" },
        Sent("from nobody", .unknown) { $0.from = "" },
        Sent("from here", .loop) { $0.from = "us" },
        Sent("an unknown call", .malformed) { $0.path = "/_apus/region/other" },
        Sent("no call", .malformed) { $0.path = "/_apus/region/" },
        Sent("a call with more", .malformed) { $0.path = "/_apus/region/ask/" },
        Sent("another place", .malformed) { $0.path = "/demo/_apus/region/ask" },
        Sent("nothing", .malformed) { $0.text = { _ in "" } },
        Sent("half", .malformed) { $0.text = { String($0.prefix($0.count / 2)) } },
        Sent("another version", .malformed) { $0.text = { $0.replacing("apus-region: 1", with: "apus-region: 2") } },
        Sent("without a nonce", .malformed) { $0.text = { $0.replacing("nonce", with: "once") } },
        Sent("a short nonce", .malformed) { $0.nonce = "0123456789abcdef" },
        Sent("a nonce in upper case", .malformed) { $0.nonce = "0123456789ABCDEF0123456789ABCDEF" },
        Sent("a nonce of letters", .malformed) { $0.nonce = String(repeating: "z", count: 32) },
        Sent("a time before all", .malformed) { $0.sentAt = -1 },
        Sent("in another order", .malformed) {
            $0.text = { $0.split(separator: "\n").reversed().joined(separator: "\n") + "\n" }
        },
        Sent("something in front", .malformed) { $0.text = { "x: y\n" + $0 } },
        Sent("too long", .malformed) { $0.text = { $0 + "z: " + String(repeating: "z", count: 62_000) + "\n" } },
    ]) func isLetInOrRefused(_ sent: Sent) throws {
        guard let refusal = sent.refusal else {
            let admitted = try admit(sent)
            #expect(admitted.envelope.from == "eu")
            #expect(admitted.envelope.nonce == sent.nonce)
            #expect(admitted.fields["x"] == "y")
            #expect(admitted.fields.list.count == 1)
            return
        }
        #expect(throws: refusal) { try admit(sent) }
        // It was not used up by that.
        #expect(throws: Never.self) { try admit(Sent("good", nil) { _ in }) }
    }

    /// Each has all the faults of those before it mended.
    @Test(arguments: [
        Sent("signature", .signature) { all in
            (all.to, all.from, all.sentAt, all.secret, all.text) = ("ap", "us", 0, "third", { $0 + "\n" })
        },
        Sent("text", .malformed) { ($0.to, $0.from, $0.sentAt, $0.text) = ("ap", "us", 0, { $0 + "\n" }) },
        Sent("to", .misrouted) { ($0.to, $0.from, $0.sentAt) = ("ap", "us", 0) },
        Sent("from", .loop) { ($0.from, $0.sentAt) = ("us", 0) },
        Sent("time", .clock) { $0.sentAt = 0 },
    ]) func isCheckedInOrder(_ sent: Sent) throws {
        #expect(throws: try #require(sent.refusal)) { try admit(sent) }
    }

    @Test func comesOnce() throws {
        let sent = Sent("good", nil) { _ in }
        try admit(sent)
        #expect(throws: RegionRefusal.replay) { try admit(sent) }
        // Later, or by another secret too.
        #expect(throws: RegionRefusal.replay) { try admit(Sent("", nil) { $0.sentAt += 1000 }) }
        #expect(throws: RegionRefusal.replay) { try admit(Sent("", nil) { $0.secret = "second secret" }) }
        // Another region may have had the same idea.
        #expect(throws: Never.self) { try admit(Sent("", nil) { $0.from = "ap" }) }
    }

    /// These change nothing when they come again.
    @Test(arguments: ["exchange", "status"]) func otherCallsMayComeAgain(_ call: String) throws {
        let sent = Sent("", nil) { $0.path = "/_apus/region/\(call)" }
        for _ in 0..<2 { #expect(throws: Never.self) { try admit(sent) } }
        // Nor do they use anything up.
        #expect(throws: Never.self) { try admit(Sent("", nil) { _ in }) }
    }

    @Test func withoutRoomItIsBusy() throws {
        let gate = RegionGate(region: "us", others: ["eu"], keys: keys, nonces: Nonces(redis: nil, limit: 0))
        let sent = Sent("good", nil) { _ in }
        #expect(throws: RegionRefusal.busy) {
            try gate.admit(
                path: sent.path, body: sent.body, signature: sent.signature, until: Deadline(in: .seconds(5)),
                now: Self.now)
        }
    }

    @Test func provesWithTheSecretOfTheQuestion() throws {
        let admitted = try admit(Sent("", nil) { $0.secret = "second secret" })
        var head = RegionFields()
        head.add("x", "y")
        let sealed = try #require(gate.sealed(head, for: admitted, now: 1))
        #expect(sealed.bytes == Array("x: y\nnow: 1\n".utf8))
        let parts = sealed.header.split(separator: " ")
        #expect(parts.first == "12")
        let second = try #require(RegionKeys([Secret("second secret")]))
        let first = try #require(RegionKeys([Secret("first secret")]))
        #expect(second.isProven(sealed.bytes, to: admitted.envelope.nonce, by: parts[1]))
        #expect(!first.isProven(sealed.bytes, to: admitted.envelope.nonce, by: parts[1]))
        head.add("long", "x\ny")
        #expect(gate.sealed(head, for: admitted) == nil)
        head = RegionFields()
        head.add("long", String(repeating: "x", count: 60 * 1024))
        #expect(gate.sealed(head, for: admitted) == nil)
    }

    @Test func envelopesAreOfThisMoment() {
        let before = WallClock.unixMilliseconds
        let one = RegionEnvelope(from: "eu", to: "us", clockOffset: ClockOffset(.seconds(100)))
        let other = RegionEnvelope(from: "eu", to: "us", clockOffset: ClockOffset(.seconds(-100)))
        let after = WallClock.unixMilliseconds
        #expect((before + 100_000...after + 100_000).contains(one.sentAt))
        #expect((before - 100_000...after - 100_000).contains(other.sentAt))
        #expect(one.nonce != other.nonce)
        #expect(one.nonce.utf8.count == 32)
        #expect(RegionEnvelope(from: "eu", to: "us", clockOffset: ClockOffset(.seconds(Int64.max))).sentAt >= 0)
        #expect(RegionEnvelope(from: "eu", to: "us", clockOffset: ClockOffset(.seconds(Int64.min))).sentAt >= 0)
    }
}

@Suite struct NoncesTests {
    private static let nonce = "0123456789abcdef0123456789abcdef"

    private func client(_ server: RedisServer) -> ConnectionPool {
        ConnectionPool(to: server.address, limits: .init(connections: 2, timeout: .seconds(10)))
    }

    private func note(_ nonces: Nonces, _ nonce: String = Self.nonce, now: Deadline = .now) -> Nonces.Answer {
        nonces.note(nonce, from: "eu", until: Deadline(in: .seconds(10)), now: now)
    }

    @Test func allWorkersOfARegionKnowIt() throws {
        let server = try RedisServer()
        let (one, other) = (Nonces(redis: client(server)), Nonces(redis: client(server)))
        #expect(note(one) == .new)
        #expect(note(one) == .known)
        #expect(note(other) == .known)
        #expect(one.note(Self.nonce, from: "ap", until: Deadline(in: .seconds(10))) == .new)
        let time = try server.ask(Command("PTTL", .text("apus:v1:nonce:eu:\(Self.nonce)")))
        guard case .integer(let left) = time.kind else {
            Issue.record("no time")
            return
        }
        #expect((600_000...610_000).contains(left))
    }

    @Test func ofManyAtOnceOneIsNew() throws {
        let server = try RedisServer()
        let nonces = Nonces(redis: client(server))
        let new = Monitor(0)
        try JoinableThread.run(16) { _ in
            if note(nonces) == .new { new.withLock { $0 += 1 } }
        }
        #expect(new.withLock { $0 } == 1)
    }

    @Test func withoutRedisAWorkerKnowsItAlone() throws {
        let server = try RedisServer()
        server.kill()
        let nonces = Nonces(redis: client(server))
        #expect(note(nonces) == .new)
        #expect(note(nonces) == .known)
        #expect(note(Nonces(redis: nil)) == .new)
    }

    /// What a worker has seen while Redis was away it knows when that is back.
    @Test func remembersBeyondAnOutage() throws {
        let server = try RedisServer()
        server.hang()
        let nonces = Nonces(
            redis: ConnectionPool(to: server.address, limits: .init(connections: 1, timeout: .milliseconds(100))))
        #expect(note(nonces) == .new)
        server.goOn()
        #expect(note(nonces) == .known)
    }

    @Test func forgetsInTimeAndNeverMoreThanItMay() {
        let nonces = Nonces(redis: nil, limit: 3)
        let start = Deadline.now
        for number in 0..<3 { #expect(note(nonces, "\(number)", now: start) == .new) }
        #expect(note(nonces, "3", now: start) == .full)
        #expect(note(nonces, "1", now: start) == .known)
        #expect(note(nonces, "1", now: start.later(by: .seconds(609))) == .known)
        #expect(note(nonces, "3", now: start.later(by: .seconds(609))) == .full)
        let later = start.later(by: .seconds(611))
        for number in 1..<4 { #expect(note(nonces, "\(number)", now: later) == .new) }
        #expect(note(nonces, "4", now: later) == .full)
    }
}
