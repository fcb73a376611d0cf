import Deadlines
import Glibc
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("Guarded origins")
struct GuardedOriginTests {
    struct Failure: CustomTestStringConvertible {
        let error: OriginError
        var opens = true
        var testDescription: String { error.detail }
    }

    @Test(
        "Are left alone after failures of the whole, not of one object",
        arguments: [
            Failure(error: .refused),
            Failure(error: .timedOut(.connect)),
            Failure(error: .timedOut(.firstByte)),
            Failure(error: .timedOut(.stall)),
            Failure(error: .timedOut(.total)),
            Failure(error: .unidentified(.status(502))),
            Failure(error: .unidentified(.status(503))),
            Failure(error: .unidentified(.status(504))),
            Failure(error: .unidentified(.status(429, retryAfter: 1))),
            Failure(error: .unidentified(.transfer(.tls(.expired)))),
            Failure(error: .unidentified(.transfer(.truncated))),
            Failure(error: .unidentified(.transfer(.unreachable))),
            Failure(error: .unidentified(.transfer(.nameNotFound))),
            Failure(error: .notFound, opens: false),
            Failure(error: .forbidden(), opens: false),
            Failure(error: .tooLarge(limit: 1), opens: false),
            Failure(error: .crowded, opens: false),
            Failure(error: .unidentified(.status(500)), opens: false),
            Failure(error: .unidentified(.status(429)), opens: false),
            Failure(error: .unidentified(.contentCoding), opens: false),
            Failure(error: .unidentified(.notAnAbsoluteURL), opens: false),
            Failure(error: .unidentified(.folderMissing), opens: false),
            Failure(error: .unidentified(.system(EIO)), opens: false),
            Failure(error: .unidentified(.transfer(.addressForbidden)), opens: false),
            Failure(error: .unidentified(.transfer(.tooManyRedirects(limit: 3))), opens: false),
            Failure(error: .unidentified(.transfer(.protocolError)), opens: false),
            Failure(error: .unidentified(.transfer(.curl(code: 27))), opens: false),
        ])
    func failures(item: Failure) {
        let origin = Scripted(item.error)
        let subject = Subject(origin)
        for _ in 0..<12 { #expect(subject.ask() == item.error) }
        #expect(origin.asked == (item.opens ? 5 : 12))
        let opened = GuardedOrigin.Event(
            originID: "shop", change: .opened(holdOff: .seconds(1)), error: item.error)
        #expect(subject.events == (item.opens ? [opened] : []))
    }

    @Test("Are asked by one when the time is over, for longer and longer, and by all when they are back")
    func comeback() {
        let origin = Scripted(.refused)
        let subject = Subject(origin)
        subject.ask(times: 5)
        for _ in 0..<6 {
            subject.clock.move(.seconds(30))
            subject.ask(times: 3)
        }
        #expect(origin.asked == 5 + 6)
        #expect(subject.holdOffs == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        // Any answer shows that somebody is there.
        origin.error.withLock { $0 = .notFound }
        subject.clock.move(.seconds(30))
        subject.ask(times: 10)
        #expect(origin.asked == 11 + 10)
        #expect(subject.events.last == .init(originID: "shop", change: .closed))
    }

    @Test("Are given more time where single objects may be the cause")
    func objects() {
        let origin = Scripted(.timedOut(.firstByte))
        let subject = Subject(origin, objectFailures: 4)
        // However many at once.
        subject.ask(times: 100)
        #expect(origin.asked == 100 && subject.events.isEmpty)
        subject.clock.move(.seconds(10))
        subject.ask(times: 19)
        #expect(origin.asked == 119 && subject.events.isEmpty)
        subject.ask(times: 10)
        #expect(origin.asked == 120)
        #expect(subject.holdOffs == [.seconds(1)])
        // Nobody else is asked about whether it is back.
        subject.clock.move(.seconds(1))
        subject.ask(times: 10)
        #expect(origin.asked == 121)
        #expect(subject.holdOffs == [.seconds(1), .seconds(2)])
    }

    @Test("Are not blamed for some broken objects among good ones")
    func brokenObjects() {
        let origin = Scripted()
        let subject = Subject(origin, objectFailures: 4)
        for number in 0..<100 {
            origin.error.withLock { $0 = number % 20 == 19 ? nil : .unidentified(.status(503)) }
            subject.ask(times: 1)
        }
        #expect(origin.asked == 100 && subject.events.isEmpty)
    }

    @Test("Say why they are left alone")
    func lastError() {
        let origin = Scripted(.refused)
        let subject = Subject(origin)
        subject.ask(times: 4)
        origin.error.withLock { $0 = .timedOut(.connect) }
        subject.ask(times: 1)
        origin.error.withLock { $0 = nil }
        #expect(subject.ask() == .timedOut(.connect))
        #expect(origin.asked == 5)
    }

    @Test("Fail in a row, not now and then")
    func mixed() {
        let origin = Scripted()
        let subject = Subject(origin)
        for number in 0..<40 {
            origin.error.withLock { $0 = number % 5 == 4 ? .notFound : .refused }
            subject.ask(times: 1)
        }
        #expect(origin.asked == 40)
        #expect(subject.events.isEmpty)
    }

    @Test("Are not blamed for a request that came with too little time")
    func rushed() {
        let origin = Scripted(.timedOut(.total))
        let subject = Subject(origin)
        for _ in 0..<12 { #expect(subject.ask(within: .seconds(4)) == .timedOut(.total)) }
        #expect(origin.asked == 12)
        // Such a request finds nothing out: another may, a while later, and the pause grows no longer.
        origin.error.withLock { $0 = .refused }
        subject.ask(times: 5)
        subject.clock.move(.seconds(1))
        origin.error.withLock { $0 = .timedOut(.total) }
        for _ in 0..<3 {
            _ = subject.ask(within: .seconds(4))
            subject.clock.move(.seconds(1))
        }
        #expect(origin.asked == 12 + 5 + 3)
        #expect(subject.holdOffs == [.seconds(1)])
    }

    struct Rest: CustomTestStringConvertible {
        let status: Int
        let retryAfter: Int?
        let holdOff: Int64
        var testDescription: String { "\(status), Retry-After: \(retryAfter.map(String.init) ?? "none")" }
    }

    @Test(
        "Rest for as long as they ask, within bounds",
        arguments: [
            Rest(status: 503, retryAfter: nil, holdOff: 1), Rest(status: 503, retryAfter: 0, holdOff: 1),
            Rest(status: 503, retryAfter: 20, holdOff: 20), Rest(status: 429, retryAfter: 20, holdOff: 20),
            Rest(status: 503, retryAfter: 2_147_483_648, holdOff: 30), Rest(status: 429, retryAfter: 31, holdOff: 30),
        ])
    func rest(item: Rest) {
        let origin = Scripted(.unidentified(.status(item.status, retryAfter: item.retryAfter)))
        let subject = Subject(origin)
        subject.ask(times: 10)
        #expect(subject.holdOffs == [.seconds(item.holdOff)])
        subject.clock.move(.seconds(item.holdOff) - .nanoseconds(1))
        subject.ask(times: 3)
        #expect(origin.asked == 5)
        origin.error.withLock { $0 = nil }
        subject.clock.move(.nanoseconds(1))
        #expect(subject.ask() == nil)
        #expect(subject.events.last?.change == .closed)
    }

    @Test("Are opened once by all that fail together, and asked by one alone")
    func together() throws {
        let gate = Monitor(0)
        let origin = Scripted(.refused) {
            gate.update { $0 += 1 }
            // All ten are inside before any of them comes out.
            _ = gate.wait(until: Deadline(in: .seconds(30))) { $0 >= 10 ? true : nil }
        }
        let subject = Subject(origin)
        try withThreads(10) { _ in _ = subject.ask() }
        #expect(origin.asked == 10)
        #expect(subject.holdOffs == [.seconds(1)])
        subject.clock.move(.seconds(1))
        try withThreads(10) { _ in _ = subject.ask() }
        // Which fails at once, so the others meet it before or after, but never beside it.
        #expect(origin.asked == 11)
    }

    @Test("Do not count what was asked before they came back")
    func latecomers() throws {
        let gate = Monitor(false)
        let isSlow = Monitor(true)
        let origin = Scripted(.timedOut(.firstByte)) {
            guard isSlow.withLock({ $0 }) else { return }
            _ = gate.wait(until: Deadline(in: .seconds(30))) { $0 ? true : nil }
        }
        let subject = Subject(origin)
        var threads: [Thread] = []
        for _ in 0..<6 { threads.append(try Thread { _ = subject.ask() }) }
        while origin.asked < 6 { sched_yield() }
        isSlow.withLock { $0 = false }
        subject.ask(times: 5)
        subject.clock.move(.seconds(1))
        origin.error.withLock { $0 = nil }
        #expect(subject.ask() == nil)
        origin.error.withLock { $0 = .timedOut(.firstByte) }
        gate.update { $0 = true }
        for thread in threads { thread.join() }
        origin.error.withLock { $0 = nil }
        #expect(subject.ask() == nil)
        #expect(subject.events.map(\.change) == [.opened(holdOff: .seconds(1)), .closed])
    }

    @Test("Of the web fail host by host, of which only so many are remembered")
    func hosts() {
        let origin = Scripted(.refused)
        var limits = GuardedOrigin.Limits()
        limits.hosts = 2
        let subject = Subject(origin, scope: .host, limits: limits)
        subject.ask(times: 9, "http://a.example/x")
        #expect(origin.asked == 5)
        #expect(subject.events.map(\.host) == ["a.example:80"])
        // The same host in another spelling, on other paths; another port is another host.
        subject.ask(times: 3, "HTTP://A.example:80/y")
        #expect(origin.asked == 5)
        subject.clock.move(.milliseconds(1))
        subject.ask(times: 9, "https://a.example/x")
        #expect(origin.asked == 10)
        // What is no URL goes through.
        subject.ask(times: 9, "nonsense")
        subject.ask(times: 9)
        #expect(origin.asked == 28)
        // The third pushes out the one that was asked least recently.
        subject.clock.move(.milliseconds(1))
        subject.ask(times: 1, "http://a.example/x")
        subject.clock.move(.milliseconds(1))
        subject.ask(times: 9, "http://c.example/x")
        #expect(origin.asked == 33)
        subject.ask(times: 1, "http://a.example/x")
        #expect(origin.asked == 33)
        subject.ask(times: 1, "https://a.example/x")
        #expect(origin.asked == 34)
    }

    @Test("Hosts that answer take no place from those that fail")
    func answeringHosts() {
        let origin = Scripted(.refused)
        var limits = GuardedOrigin.Limits()
        limits.hosts = 2
        let subject = Subject(origin, scope: .host, limits: limits)
        subject.ask(times: 5, "http://a.example/x")
        origin.error.withLock { $0 = nil }
        for number in 0..<10 { subject.ask(times: 1, "http://\(number).example/") }
        #expect(subject.ask("http://a.example/x") == .refused)
    }
}
