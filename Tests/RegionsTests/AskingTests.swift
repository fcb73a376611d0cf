import Caching
import Deadlines
import Digests
import Metrics
import Purging
import RedisFixture
import Regions
import Testing

/// Questions to another region: how many, and until when.
@Suite struct AskingTests {
    private static let question = RegionQuestion(
        deadline: .seconds(5), engine: "3", configuration: "c", purges: PurgeVector(),
        client: ClientRequest(host: "h", path: "/demo/a.jpg", query: ""))
    private static let key: EntryKey = {
        var builder = DigestBuilder("test")
        builder.add("picture")
        return EntryKey(.variant, builder.finish())
    }()

    private static func ask(
        _ region: World.Region, _ question: RegionQuestion = question, hasSubstitute: Bool = true,
        within time: Duration = .seconds(30)
    ) -> RegionError? {
        do throws(RegionError) {
            _ = try region.otherRegions.ask(
                "b", question, for: key, hasSubstitute: hasSubstitute, until: Deadline(in: time))
            return nil
        } catch {
            return error
        }
    }

    private static func fault(isOfRegion: Bool) -> RegionReply {
        let head = RegionAnswerHead(.error, purges: PurgeVector(), configuration: "c", engine: "3")
        return .fault(
            RegionFault(status: 503, code: "EAGAIN", message: "no", isOfRegion: isOfRegion), head)
    }

    @Test(arguments: [
        RegionError.unreachable, .connectionRefused, .garbage, .failed, .refused(.signature),
        .refused(.clock), .refused(.busy), .refused(.form),
    ])
    func fiveFailuresInARowLeaveItAlone(_ error: RegionError) throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            let a = try world["a"]
            world.reply { _ throws(RegionError) in throw error }
            for _ in 1...5 { #expect(Self.ask(a) == error) }
            #expect(Self.ask(a) == .leftAlone)
            #expect(world.questions == 5)
            #expect(a.metrics.count(of: .regionQuestions(.unanswered)) == 6)
        }
    }

    @Test func overloadLeavesItAlone() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            let a = try world["a"]
            world.reply { _ throws(RegionError) in Self.fault(isOfRegion: true) }
            for _ in 1...5 { #expect(Self.ask(a) == nil) }
            #expect(Self.ask(a) == .leftAlone)
            #expect(a.metrics.count(of: .regionQuestions(.fault)) == 5)
        }
    }

    @Test(arguments: [RegionError.refused(.behind), .refused(.notHome)])
    func whatIsNoFaultOfItsDoesNotCount(_ error: RegionError) throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            world.reply { _ throws(RegionError) in throw error }
            let a = try world["a"]
            for _ in 1...20 { #expect(Self.ask(a) == error) }
        }
    }

    @Test func badPicturesDoNotCount() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            world.reply { _ throws(RegionError) in Self.fault(isOfRegion: false) }
            let a = try world["a"]
            for _ in 1...20 { #expect(Self.ask(a) == nil) }
        }
    }

    /// An origin of it may be slow.
    @Test func whoTakesTooLongIsAskedAgain() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            world.reply { _ throws(RegionError) in throw .timedOut }
            let a = try world["a"]
            for _ in 1...20 { #expect(Self.ask(a) == .timedOut) }
        }
    }

    @Test(arguments: [
        (RegionError.unreachable, true), (.connectionRefused, true), (.timedOut, false), (.garbage, false),
        (.failed, false), (.refused(.busy), false),
    ])
    func whereNobodyElseMayAnswerOnlyALostConnectionCounts(_ error: RegionError, _ counts: Bool) throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            let a = try world["a"]
            world.reply { _ throws(RegionError) in throw error }
            for _ in 1...5 { #expect(Self.ask(a, hasSubstitute: false) == error) }
            #expect(Self.ask(a, hasSubstitute: false) == (counts ? .leftAlone : error))
            #expect(Self.ask(a) == error)
        }
    }

    @Test func whatCannotBeSentSaysNothingOfIt() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            let a = try world["a"]
            var question = Self.question
            question.client.query = String(repeating: "x", count: 60_000)
            for _ in 1...10 { #expect(Self.ask(a, question) == .unaskable) }
            question.client.query = "\u{1}"
            #expect(Self.ask(a, question) == .unaskable)
            #expect(world.questions == 0)
            #expect(Self.ask(a) == .unreachable)
        }
    }

    @Test func onlySoManyAskAtATime() throws {
        let (inside, gate) = (Monitor(0), Monitor(false))
        try World.lend(["a", "b"], World.lazy, places: 2) { world in
            try world.start(["b", "a"])
            world.reply { _ throws(RegionError) in
                inside.update { $0 += 1 }
                _ = gate.wait(until: Deadline(in: .seconds(30))) { $0 ? true : nil }
                throw .refused(.behind)
            }
            let a = try world["a"]
            let asking = try (0..<2).map { _ in try JoinableThread { _ = Self.ask(a) } }
            #expect(eventually { inside.withLock { $0 == 2 } })
            #expect(Self.ask(a) == .crowded)
            // Those that only it may answer have places of their own.
            let bound = try JoinableThread { _ = Self.ask(a, hasSubstitute: false) }
            #expect(eventually { inside.withLock { $0 == 3 } })
            gate.update { $0 = true }
            for thread in asking + [bound] { thread.join() }
            #expect(Self.ask(a) == .refused(.behind))
        }
    }

    /// What was never heard is not asked, and that is counted as what it is.
    @Test func whoIsDownIsLeftAlone() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            let a = try world["a"]
            #expect(Self.ask(a) == .leftAlone)
            #expect(world.questions == 0)
            #expect(a.metrics.count(of: .regionQuestions(.unanswered)) == 1)
        }
    }

    @Test func strangersAreNotAsked() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start(["b", "a"])
            #expect(throws: RegionError.leftAlone) {
                try world["a"].otherRegions.ask(
                    "z", Self.question, for: Self.key, hasSubstitute: false, until: Deadline(in: .seconds(1)))
            }
            #expect(try world["a"].metrics.count(of: .regionQuestions(.unanswered)) == 1)
        }
    }
}
