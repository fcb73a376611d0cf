import Caching
import Configuration
import Deadlines
import HTTPRules
import HostileOrigin
import Memory
import Purging
import Regions
import Testing
import Transfer

@Suite struct CallerTests {
    private typealias Said = HomeRegion.Said

    private let home: HomeRegion

    init() throws {
        home = try HomeRegion()
    }

    // MARK: Good answers

    @Test func aVariantComesAsItWasMade() throws {
        guard case .entry(let entry, let head) = try home.ask(Said.variant), case .variant(let variant) = entry.content
        else {
            Issue.record("no variant")
            return
        }
        #expect(variant.body.copied == HomeRegion.variant.body.copied)
        #expect(variant.entityTag == "\"tag\"")
        #expect(entry.lifetime == HomeRegion.variant.lifetime)
        #expect(entry.source == HomeRegion.variant.source)
        #expect((entry.region, entry.purgeEpoch) == ("us", 12))
        #expect(head.state == .fresh)
    }

    @Test func anErrorThatIsKeptComesAsAnEntry() throws {
        let failure = Entry.Failure(status: 404, code: "ENOENT", message: "No.")
        let kept = Entry(
            content: .failure(failure), lifetime: Lifetime(madeAt: HomeRegion.made, freshUntil: HomeRegion.made + 60),
            region: "us")
        guard case .entry(let entry, _) = try home.ask(Said(.failure, kept)), case .failure(failure) = entry.content
        else {
            Issue.record("no failure")
            return
        }
    }

    @Test func whatIsUnchangedComesWithoutBytes() throws {
        guard case .unchanged(let entry, _) = try home.ask(Said(.unchanged, HomeRegion.variant)) else {
            Issue.record("not unchanged")
            return
        }
        #expect(entry.body.count == 0)
        #expect(entry.source == HomeRegion.variant.source)
        guard case .unchanged = try home.ask(Said(.unchanged, HomeRegion.file)) else {
            Issue.record("not unchanged")
            return
        }
    }

    @Test func anErrorThatIsNotKeptIsInTheHead() throws {
        let fault = RegionFault(
            status: 416, code: "EINVAL", message: "The file has no such bytes.", isOfRegion: false, fileLength: 10)
        let said = Said(.error, nil).with { $0.head.fault = fault }
        guard case .fault(fault, _) = try home.ask(said) else {
            Issue.record("no fault")
            return
        }
    }

    /// What nobody may keep has no time, and is an answer all the same.
    @Test func whatIsKeptByNobodyComesToo() throws {
        let said = Said.variant.with {
            $0.entry?.lifetime = Lifetime(madeAt: HomeRegion.made, freshUntil: HomeRegion.made)
        }
        guard case .entry(let entry, _) = try home.ask(said) else {
            Issue.record("no entry")
            return
        }
        #expect(entry.lifetime.expiresAt == HomeRegion.made)
    }

    @Test(arguments: [
        (-4000, 0), (-200_000, 200), (200_000, -200), (1500, 0), (-2900, 2), (4_000_000_000, -4_000_000),
    ]) func timesAreThoseOfThisClock(_ ahead: Int64, _ shift: Int64) throws {
        let said = Said.variant.with { $0.ahead = ahead == -4000 ? -1000 : ahead }
        guard case .entry(let entry, _) = try home.ask(said) else {
            Issue.record("no entry")
            return
        }
        let off = entry.lifetime.madeAt - HomeRegion.made - shift
        // The answer may have taken a moment.
        #expect((0...1).contains(off))
        #expect(entry.lifetime.expiresAt - entry.lifetime.madeAt == 10_000_000)
    }

    @Test func theQuestionHasWhatIsLeftOfTheTime() throws {
        let seen = Monitor<Duration?>(nil)
        #expect(throws: RegionError.failed) {
            try HomeRegion.ask { request in
                let question = try? RegionQuestion(home.admit(request).fields)
                seen.withLock { $0 = question?.deadline }
                return HomeRegion.http(503)
            }
        }
        let deadline = try #require(seen.withLock { $0 })
        #expect(deadline <= .seconds(20) && deadline > .zero)
    }

    // MARK: Files

    private func read(_ said: HomeRegion.Said) throws -> (bytes: [UInt8], error: TransferError?) {
        try HostileOrigin.serve({ home.answer($0, said) }) { server in
            let reply = try HomeRegion.caller(server.url).ask(
                HomeRegion.question, clockOffset: .none, until: Deadline(in: .seconds(20)))
            guard case .file(_, let stream, _) = reply else { throw RegionError.garbage }
            var bytes: [UInt8] = []
            do throws(TransferError) {
                while try stream.read({ piece in piece.withUnsafeBytes { bytes.append(contentsOf: $0) } }) {}
                return (bytes, nil)
            } catch {
                return (bytes, error)
            }
        }
    }

    @Test func aFileFollowsItsEntry() throws {
        let read = try read(.file("0123456789", length: 10))
        #expect(read.bytes == Array("0123456789".utf8))
        #expect(read.error == nil)
    }

    @Test func aFileOfUnknownLengthEndsWithTheConnection() throws {
        let long = String(repeating: "0123456789", count: 100_000)
        let read = try read(.file(long, length: nil))
        #expect(read.bytes == Array(long.utf8))
        #expect(read.error == nil)
    }

    @Test func aPartIsAsLongAsItSays() throws {
        let part = HomeRegion.Said.file("345", length: 10).with { $0.head.part = ByteRange(first: 3, last: 5) }
        let read = try read(part)
        #expect(read.bytes == Array("345".utf8))
        #expect(read.error == nil)
    }

    @Test func aFileThatEndsTooEarlyIsNotWhole() throws {
        let read = try read(.file("01234", length: 10))
        #expect(read.bytes == Array("01234".utf8))
        #expect(read.error == .truncated)
    }

    @Test func ofAFileNoMoreComesThanWasPromised() throws {
        let read = try read(.file(String(repeating: "x", count: 1000), length: 10))
        #expect(read.bytes.count <= 10)
        #expect(read.error != nil)
    }

    // MARK: Connections

    @Test func connectionsAreKept() throws {
        let fault = RegionFault(status: 503, code: "EAGAIN", message: "", isOfRegion: true)
        let kinds: [HomeRegion.Said?] = [
            .variant, Said(.error, nil).with { $0.head.fault = fault }, nil, Said(.unchanged, HomeRegion.variant),
        ]
        let next = Monitor(0)
        let server = try HostileOrigin { request in
            let number = next.withLock { number in
                defer { number += 1 }
                return number
            }
            return kinds[number % kinds.count].map { home.answer(request, $0) }
                ?? HomeRegion.http(403, ["x-apus-refusal: clock"])
        }
        defer { server.stop() }
        let caller = try HomeRegion.caller(server.url)
        for _ in 0..<8 {
            _ = try? caller.ask(HomeRegion.question, clockOffset: .none, until: Deadline(in: .seconds(20)))
        }
        #expect(server.requests.count == 8)
        #expect(server.connectionCount == 1)
    }

    /// The transfer sends the same again over a new connection; what had arrived already is then refused, and goes out once
    /// more in a new envelope.
    @Test(arguments: [false, true]) func aKeptConnectionThatIsBrokenIsNoError(_ hasArrived: Bool) throws {
        let count = Monitor(0)
        let server = try HostileOrigin { request in
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number == 2 else { return home.answer(request, .variant) }
            if hasArrived { _ = try? home.admit(request) }
            return [.close]
        }
        defer { server.stop() }
        let caller = try HomeRegion.caller(server.url)
        for _ in 0..<2 {
            #expect(throws: Never.self) {
                try caller.ask(HomeRegion.question, clockOffset: .none, until: Deadline(in: .seconds(20)))
            }
        }
        let bodies = server.requests.map(\.body)
        #expect(bodies.count == (hasArrived ? 4 : 3))
        #expect(bodies[1] == bodies[2])
        #expect(Set(bodies).count == bodies.count - 1)
        #expect(server.connectionCount == 2)
    }

    // MARK: Other calls

    @Test func whatIsToldComesAsItWasTold() throws {
        var told = RegionFields()
        for number in 0..<500 { told.add("rule", "\(number) é\t") }
        let said = HomeRegion.Said.variant.with { $0.told = told }
        try HostileOrigin.serve({ home.answer($0, said) }) { server in
            let caller = try HomeRegion.caller(server.url)
            let deadline = Deadline(in: .seconds(20))
            #expect(try caller.exchange(told, clockOffset: .none, until: deadline).fields == told)
            #expect(try caller.status(clockOffset: .none, until: deadline).fields == told)
            #expect(server.requests.map(\.path) == ["/_apus/region/exchange", "/_apus/region/status"])
            #expect(server.connectionCount == 1)
            #expect(throws: RegionError.refused(.clock)) {
                try caller.exchange(told, clockOffset: ClockOffset(.seconds(400)), until: deadline)
            }
        }
    }

    @Test(arguments: [0, 100_000, -200_000] as [Int64]) func theOthersClockComesAlong(_ ahead: Int64) throws {
        let said = HomeRegion.Said.variant.with { $0.ahead = ahead }
        try HostileOrigin.serve({ home.answer($0, said) }) { server in
            let start = Deadline.now
            let told = try HomeRegion.caller(server.url).status(
                clockOffset: .none, until: Deadline(in: .seconds(20)))
            let off = told.clockOffset.ahead - .milliseconds(ahead)
            #expect((.zero - start.elapsed...start.elapsed).contains(off))
        }
    }

    /// A region whose clock is too far off says in `Date` how far.
    @Test func theClockOfARefusalComesAlong() throws {
        let date = HTTPDate(unixSeconds: WallClock.unixSeconds + 4000)
        try HostileOrigin.serve({ _ in HomeRegion.http(403, ["x-apus-refusal: clock", "Date: \(date)"]) }) { server in
            let caller = try HomeRegion.caller(server.url)
            do throws(RegionError) {
                _ = try caller.exchange(RegionFields(), clockOffset: .none, until: Deadline(in: .seconds(20)))
            } catch {
                guard case .otherClock(let offset) = error else { throw error }
                #expect((.seconds(3970)...(.seconds(4001))).contains(offset.ahead))
                return
            }
            Issue.record("not refused")
        }
    }

    @Test func toldLiesAreNoAnswer() throws {
        try HostileOrigin.serve({ _ in HomeRegion.http(200, ["x-apus-head: 7 00"], Array("now: 1\n".utf8)) }) {
            server in
            let caller = try HomeRegion.caller(server.url)
            #expect(throws: RegionError.garbage) {
                try caller.exchange(RegionFields(), clockOffset: .none, until: Deadline(in: .seconds(20)))
            }
        }
    }
}
