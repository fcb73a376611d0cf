import Deadlines
import Origins
import Testing
import Transfer

@Suite("Guarded bodies")
struct GuardedBodyTests {
    private static let away = OriginError.unidentified(.transfer(.truncated))
    private let clock = Clock()
    private let log = Monitor<[Breaker.Change]>([])

    private func guarded(_ answers: SaidOrigin.Said..., failuresToOpen: Int = 1) -> GuardedOrigin {
        var limits = GuardedOrigin.Limits()
        limits.breaker.failuresToOpen = failuresToOpen
        limits.objectFailures = 1
        limits.objectFailureTime = .zero
        let origin = SaidOrigin(answers)
        return GuardedOrigin(
            origin, limits: limits, observer: { [log] event in log.withLock { $0.append(event.change) } },
            now: { [clock] in clock.now })
    }

    private var changes: [Breaker.Change] { log.withLock { $0 } }

    private func open(_ origin: GuardedOrigin) throws -> any OriginalBody {
        try origin.open(object("a"), deadline: Deadline(in: .seconds(30))).body
    }

    /// An origin that has failed once, and is asked about whether it is back: this is its answer.
    private func probe(_ said: SaidOrigin.Said, _ later: SaidOrigin.Said) throws -> (
        origin: GuardedOrigin, body: any OriginalBody
    ) {
        let origin = guarded(.error(.refused), said, later)
        #expect(throws: OriginError.refused) { try open(origin) }
        clock.move(.seconds(1))
        return (origin, try open(origin))
    }

    enum End: CaseIterable { case read, letGo, streamed }

    @Test("Show that the origin is back once they end, are let go of, or are streamed", arguments: End.allCases)
    func back(end: End) throws {
        var (origin, body): (GuardedOrigin, (any OriginalBody)?) = try probe(
            .opened { SaidBody(["one", "two"]) }, .opened { SaidBody("more") })
        // Nobody else asks meanwhile.
        #expect(try body?.piece() == "one")
        #expect(throws: OriginError.refused) { try open(origin) }
        #expect(changes == [.opened(holdOff: .seconds(1))])
        switch end {
        case .read: #expect(try body?.text() == "two")
        case .letGo: break
        case .streamed: body?.beginStreaming()
        }
        if end == .letGo { body = nil }
        #expect(changes == [.opened(holdOff: .seconds(1)), .closed])
        #expect(try open(origin).text() == "more")
        // It has been told: what comes later tells nothing.
        if let body {
            body.beginStreaming()
            #expect(try body.text() == (end == .read ? "" : "two"))
        }
        body = nil
        #expect(changes == [.opened(holdOff: .seconds(1)), .closed])
    }

    @Test("Show that it is not where they fail")
    func stillAway() throws {
        var (origin, body): (GuardedOrigin, (any OriginalBody)?) = try probe(
            .opened { SaidBody("one", failure: Self.away) }, .opened { SaidBody("more") })
        #expect(throws: Self.away) { try body?.text() }
        let expected: [Breaker.Change] = [.opened(holdOff: .seconds(1)), .opened(holdOff: .seconds(2))]
        #expect(changes == expected)
        #expect(throws: Self.away) { try body?.text() }
        body?.beginStreaming()
        body = nil
        #expect(changes == expected)
        #expect(throws: Self.away) { try open(origin) }
        clock.move(.seconds(2))
        #expect(try open(origin).text() == "more")
        #expect(changes == expected + [.closed])
    }

    @Test("Count one failure each, however they are let go of")
    func counted() throws {
        let origin = guarded(.opened { SaidBody("one", failure: Self.away) }, failuresToOpen: 4)
        for number in 1...4 {
            #expect(changes == [])
            let body = try open(origin)
            // Whoever reads on after a failure meets it again: that is no other failure.
            for _ in 0..<number { #expect(throws: Self.away) { try body.text() } }
            if number == 2 { body.beginStreaming() }
        }
        #expect(changes == [.opened(holdOff: .seconds(1))])
    }

    @Test("Count no failure once they are streamed")
    func streamed() throws {
        let said = SaidBody("one", failure: Self.away)
        let origin = guarded(.opened { said })
        let body = try open(origin)
        body.beginStreaming()
        #expect(said.isStreaming)
        #expect(throws: Self.away) { try body.text() }
        #expect(changes == [])
    }

    @Test(
        "Are not to blame for what is the object's, or nobody's",
        arguments: [OriginError.tooLarge(limit: 1), .unidentified(.changedWhileRead), .unidentified(.otherRange)])
    func others(error: OriginError) throws {
        let origin = guarded(.opened { SaidBody("one", failure: error) })
        for _ in 0..<3 { #expect(throws: error) { try open(origin).text() } }
        #expect(changes == [])
    }

    @Test("Are not to blame for the deadline of somebody in a hurry")
    func rushed() throws {
        let late = OriginError.timedOut(.total)
        let origin = guarded(.opened { SaidBody("one", failure: late) })
        let rushed = try origin.open(object("a"), deadline: Deadline(in: .seconds(4))).body
        #expect(throws: late) { try rushed.text() }
        #expect(changes == [])
        #expect(throws: late) { try open(origin).text() }
        #expect(changes == [.opened(holdOff: .seconds(1))])
    }
}
