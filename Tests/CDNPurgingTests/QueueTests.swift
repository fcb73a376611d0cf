import CDNPurging
import Deadlines
import Testing
import Transfer

/// What one CDN is told when: a queue with a clock of the test's own.
@Suite struct QueueTests {
    private static let start = Deadline(nanoseconds: 1_000_000_000)

    private static func at(_ seconds: Int) -> Deadline { start.later(by: .seconds(seconds)) }

    private static func job(_ name: String, at time: Int64 = 100, number: UInt64 = 1) -> CDNQueue.Job {
        .init(
            request: name, account: "demo", number: number, acceptedAt: time,
            prefixes: [CDNPrefix(host: "h", path: "/demo/\(name)", root: "/demo/")])
    }

    /// A queue with those purges, which all regions obey.
    private static func queue(_ names: [String], mostPrefixes: Int = 10) -> CDNQueue {
        var queue = CDNQueue(mostPrefixes: mostPrefixes)
        for (index, name) in names.enumerated() {
            queue.add(job(name, number: UInt64(index) + 1))
            queue.release(name)
        }
        return queue
    }

    /// One call for all paths, with the tellings as its reference.
    private static func next(_ queue: inout CDNQueue, at seconds: Int) -> CDNQueue.Step {
        queue.next(at: at(seconds), idle: .seconds(60)) { prefixes, tellings in
            [.invalidation(paths: prefixes.map(\.path), reference: tellings.joined(separator: " "))]
        }
    }

    /// - Parameter suffix: of every telling.
    private static func sending(_ names: [String], as suffix: String = "") -> CDNQueue.Step {
        let reference = names.map { $0 + suffix }.joined(separator: " ")
        return .send(.invalidation(paths: names.map { "/demo/\($0)" }.sorted(), reference: reference))
    }

    @Test func nothingIsToldBeforeTheRegionsObey() {
        var queue = CDNQueue(mostPrefixes: 10)
        #expect(Self.next(&queue, at: 0) == .wait(until: Self.at(60)))
        queue.add(Self.job("a"))
        #expect(Self.next(&queue, at: 1) == .wait(until: Self.at(61)))
        #expect(queue.isUntold("a"))
        queue.release("a")
        #expect(Self.next(&queue, at: 2) == Self.sending(["a"]))
        #expect(queue.isUntold("a"))
        #expect(queue.note(.done, at: Self.at(3)) == ["a"])
        #expect(!queue.isUntold("a") && queue.knows("a"))
        #expect(Self.next(&queue, at: 3) == .wait(until: Self.at(63)))
        // It is found in the log again and again.
        queue.add(Self.job("a"))
        queue.release("a")
        #expect(Self.next(&queue, at: 4) == .wait(until: Self.at(64)))
    }

    @Test func aPurgeIsToldEarlyAndOnceMoreWhenARegionIsAwayForLong() {
        var queue = CDNQueue(mostPrefixes: 10)
        queue.add(Self.job("a"))
        queue.release("a", isEarly: true)
        #expect(Self.next(&queue, at: 0) == Self.sending(["a"], as: "-early"))
        #expect(queue.note(.done, at: Self.at(0)) == [])
        #expect(queue.isUntold("a"))
        queue.release("a", isEarly: true)
        #expect(Self.next(&queue, at: 1) == .wait(until: Self.at(61)))
        queue.release("a")
        #expect(Self.next(&queue, at: 2) == Self.sending(["a"]))
        #expect(queue.note(.done, at: Self.at(2)) == ["a"])
    }

    @Test func whoIsReleasedWhileItIsToldEarlyIsToldOnceMore() {
        var queue = CDNQueue(mostPrefixes: 10)
        queue.add(Self.job("a"))
        queue.release("a", isEarly: true)
        #expect(Self.next(&queue, at: 0) == Self.sending(["a"], as: "-early"))
        queue.release("a")
        #expect(queue.note(.done, at: Self.at(0)) == [])
        #expect(Self.next(&queue, at: 0) == Self.sending(["a"]))
        #expect(queue.note(.done, at: Self.at(0)) == ["a"])
    }

    @Test func allThatAreDueGoTogetherTheOldestFirst() {
        var queue = CDNQueue(mostPrefixes: 10)
        queue.add(Self.job("c", at: 100, number: 3))
        queue.add(Self.job("b", at: 90, number: 9))
        queue.add(Self.job("a", at: 100, number: 4))
        queue.add(Self.job("held", at: 80))
        for name in ["a", "b", "c"] { queue.release(name) }
        #expect(Self.next(&queue, at: 0) == Self.sending(["b", "c", "a"]))
        // What comes meanwhile waits for the next call.
        queue.release("held")
        #expect(Self.next(&queue, at: 1) == Self.sending(["b", "c", "a"]))
        #expect(queue.note(.done, at: Self.at(1)) == ["b", "c", "a"])
        #expect(Self.next(&queue, at: 1) == Self.sending(["held"]))
    }

    @Test func tooManyArePurgedWithEverythingAroundThem() {
        var queue = Self.queue((0..<11).map { "x\($0)y" })
        guard case .send(.invalidation(let paths, _)) = Self.next(&queue, at: 0) else {
            Issue.record("nothing is sent")
            return
        }
        #expect(paths == ["/demo/"])
        #expect(queue.note(.done, at: Self.at(0)).count == 11)
    }

    @Test func whatIsUnderWayIsLookedAfterLessAndLessOften() {
        var queue = Self.queue(["a"])
        #expect(Self.next(&queue, at: 0) == Self.sending(["a"]))
        var now = 0
        for pause in [1, 2, 4, 8, 15, 15] {
            #expect(queue.note(.underWay("I1"), at: Self.at(now)) == [])
            #expect(Self.next(&queue, at: now) == .wait(until: Self.at(now + pause)))
            now += pause
            #expect(Self.next(&queue, at: now) == .look(name: "I1"))
        }
        #expect(queue.isUntold("a"))
        #expect(queue.note(.done, at: Self.at(now)) == ["a"])
    }

    @Test func severalCallsAreMadeOneAfterTheOtherAndNoneTwice() {
        var queue = Self.queue(["a", "b"])
        func next() -> CDNQueue.Step {
            queue.next(at: Self.at(0), idle: .seconds(60)) { prefixes, _ in
                prefixes.map { .request(url: $0.path, body: nil) }
            }
        }
        #expect(next() == .send(.request(url: "/demo/a", body: nil)))
        #expect(queue.note(.done, at: Self.at(0)) == [])
        #expect(next() == .send(.request(url: "/demo/b", body: nil)))
        queue.note(.failed(status: 500, retryAfter: nil), at: Self.at(0))
        #expect(next() == .wait(until: Self.at(1)))
        let later = queue.next(at: Self.at(1), idle: .seconds(60)) { _, _ in [] }
        #expect(later == .send(.request(url: "/demo/b", body: nil)))
        #expect(queue.note(.done, at: Self.at(1)) == ["a", "b"])
    }

    struct Failure: CustomTestStringConvertible, Sendable {
        let error: CDNError
        let pauses: [Int]
        var testDescription: String { "\(error)" }

        init(_ error: CDNError, _ pauses: [Int]) {
            (self.error, self.pauses) = (error, pauses)
        }
    }

    @Test(arguments: [
        Failure(.transfer(.refused), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]),
        Failure(.failed(status: 503, retryAfter: nil), [1, 2, 4]),
        Failure(.failed(status: 503, retryAfter: 90), [90, 90]),
        Failure(.throttled(retryAfter: nil), [2, 4, 8, 16]),
        Failure(.throttled(retryAfter: 1), [2, 4, 8, 16]),
        Failure(.throttled(retryAfter: 1_000_000), [3600, 3600]),
        Failure(.forbidden(status: 403, code: "AccessDenied"), [5, 10, 20, 40, 80, 160, 300, 300]),
        Failure(.refused(status: 404, code: "NoSuchDistribution"), [5, 10, 20, 40, 80, 160, 300, 300]),
    ])
    func whoFailsIsLeftAloneForLongerEachTime(_ row: Failure) {
        var queue = Self.queue(["a"])
        var now = 0
        for pause in row.pauses {
            #expect(Self.next(&queue, at: now) == Self.sending(["a"]))
            queue.note(row.error, at: Self.at(now))
            #expect(Self.next(&queue, at: now) == .wait(until: Self.at(now + pause)))
            now += pause
        }
        #expect(Self.next(&queue, at: now) == Self.sending(["a"]))
        #expect(queue.note(.done, at: Self.at(now)) == ["a"])
        // What was is forgotten.
        queue.add(Self.job("b"))
        queue.release("b")
        #expect(Self.next(&queue, at: now) == Self.sending(["b"]))
        queue.note(row.error, at: Self.at(now))
        #expect(Self.next(&queue, at: now) == .wait(until: Self.at(now + row.pauses[0])))
    }

    @Test(arguments: [
        (CDNError.refused(status: 400, code: "InvalidArgument"), 4), (.failed(status: 500, retryAfter: nil), 12),
        (.transfer(.badURL), 12), (.malformed, 12), (.forbidden(status: 403, code: ""), 12),
    ])
    func aPurgeThatIsRefusedDoesNotHoldUpTheOthers(error: CDNError, mostCalls: Int) {
        var queue = Self.queue(["bad", "good", "fine"])
        var now = 0
        var told: [String] = []
        var calls = 0
        while told.count < 2, now < 3600 {
            switch Self.next(&queue, at: now) {
            case .send(.invalidation(let paths, _)):
                calls += 1
                if paths.contains("/demo/bad") {
                    queue.note(error, at: Self.at(now))
                } else {
                    told += queue.note(.done, at: Self.at(now))
                }
            case .wait(let end): now = Int((end.nanoseconds - Self.start.nanoseconds) / 1_000_000_000)
            default: Issue.record("something else is done")
            }
        }
        #expect(told.sorted() == ["fine", "good"])
        #expect(calls <= mostCalls)
        // The next one is not held up either.
        queue.add(Self.job("new"))
        queue.release("new")
        #expect(Self.next(&queue, at: now) == Self.sending(["new"]))
        #expect(queue.isUntold("bad"))
    }

    @Test func anInvalidationThatIsGoneIsBegunAnew() {
        var queue = Self.queue(["a", "b"])
        #expect(Self.next(&queue, at: 0) == Self.sending(["a", "b"]))
        _ = queue.note(.underWay("I1"), at: Self.at(0))
        #expect(Self.next(&queue, at: 1) == .look(name: "I1"))
        queue.note(.refused(status: 404, code: "NoSuchInvalidation"), at: Self.at(1))
        #expect(Self.next(&queue, at: 6) == Self.sending(["a", "b"], as: "-1"))
    }

    @Test func anInvalidationThatNeverEndsIsBegunAnewWithWhatWaitsBehindIt() {
        var queue = Self.queue(["a"])
        #expect(Self.next(&queue, at: 0) == Self.sending(["a"]))
        _ = queue.note(.underWay("I1"), at: Self.at(0))
        queue.add(Self.job("b", number: 2))
        queue.release("b")
        _ = queue.note(.underWay("I1"), at: Self.at(1799))
        #expect(Self.next(&queue, at: 1814) == .look(name: "I1"))
        _ = queue.note(.underWay("I1"), at: Self.at(1814))
        let anew = CDNCall.invalidation(paths: ["/demo/a", "/demo/b"], reference: "a-1 b")
        #expect(Self.next(&queue, at: 1814) == .send(anew))
        // The same where nobody can say how far it is.
        _ = queue.note(.underWay("I2"), at: Self.at(1814))
        queue.note(.forbidden(status: 403, code: "AccessDenied"), at: Self.at(1815))
        #expect(Self.next(&queue, at: 1820) == .look(name: "I2"))
        queue.note(.forbidden(status: 403, code: "AccessDenied"), at: Self.at(3700))
        let again = CDNCall.invalidation(paths: ["/demo/a", "/demo/b"], reference: "a-2 b-1")
        #expect(Self.next(&queue, at: 3710) == .send(again))
    }

    @Test func whatIsGivenUpHoldsUpNobody() {
        var queue = Self.queue(["old"])
        #expect(Self.next(&queue, at: 0) == Self.sending(["old"]))
        queue.note(.failed(status: 500, retryAfter: nil), at: Self.at(0))
        queue.add(Self.job("young", at: 200, number: 2))
        queue.release("young")
        #expect(queue.forget(acceptedBefore: 150).map(\.request) == ["old"])
        #expect(Self.next(&queue, at: 1) == Self.sending(["young"]))
        // Nor does what somebody else has told.
        queue.note(.failed(status: 500, retryAfter: nil), at: Self.at(1))
        queue.settle(["young"])
        #expect(Self.next(&queue, at: 1) == .wait(until: Self.at(61)))
    }

    @Test func whatSomebodyElseHasToldIsNotToldAgain() {
        var queue = Self.queue(["a", "b"])
        queue.settle(["a", "unknown"])
        #expect(Self.next(&queue, at: 0) == Self.sending(["b"]))
        queue.abandon()
        queue.settle(["b"])
        #expect(Self.next(&queue, at: 0) == .wait(until: Self.at(60)))
        #expect(queue.untold.isEmpty)
    }

    @Test func whatIsOldIsForgotten() {
        var queue = Self.queue(["a", "b"])
        queue.settle(["a"])
        queue.add(Self.job("young", at: 200))
        #expect(queue.forget(acceptedBefore: 150).map(\.request) == ["b"])
        #expect(!queue.knows("a") && !queue.knows("b") && queue.isUntold("young"))
    }

    @Test func aPurgeGetsTheNumberThatItHasInTheLog() {
        var queue = Self.queue(["a"])
        queue.add(Self.job("a", number: 7))
        queue.add(Self.job("a", number: 5))
        #expect(queue.untold.map(\.number) == [7])
    }
}
