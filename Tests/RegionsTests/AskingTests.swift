import Caching
import Deadlines
import Metrics
import Purging
import RedisFixture
import Regions
import Testing

/// Questions to another region: how many, and until when.
@Suite struct AskingTests {
    private static let question = RegionQuestion(
        deadline: .seconds(5), engine: "3", configuration: "c", purges: PurgeVector(), host: "h", path: "/demo/a.jpg",
        query: "")

    private static func ask(_ region: World.Region, within time: Duration = .seconds(30)) -> RegionError? {
        do throws(RegionError) {
            _ = try region.neighbours.ask("b", question, until: Deadline(in: time))
            return nil
        } catch {
            return error
        }
    }

    private static func fault(isOfRegion: Bool) -> RegionReply {
        let head = RegionAnswerHead(now: 0, kind: .error, purges: PurgeVector(), configuration: "c", engine: "3")
        return .fault(
            RegionFault(status: 503, code: "EAGAIN", message: "no", isOfRegion: isOfRegion), head)
    }

    @Test(arguments: [
        RegionError.unreachable, .connectionRefused, .timedOut, .garbage, .failed, .refused(.signature),
        .refused(.clock), .refused(.busy), .refused(.form),
    ])
    func fiveFailuresInARowLeaveItAlone(_ error: RegionError) throws {
        try World.lend(["a", "b"], World.lazy) { world in
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
            let a = try world["a"]
            world.reply { _ throws(RegionError) in Self.fault(isOfRegion: true) }
            for _ in 1...5 { #expect(Self.ask(a) == nil) }
            #expect(Self.ask(a) == .leftAlone)
            #expect(a.metrics.count(of: .regionQuestions(.fault)) == 5)
        }
    }

    @Test(arguments: [RegionError.behind, .refused(.notHome)])
    func whatIsNoFaultOfItsDoesNotCount(_ error: RegionError) throws {
        try World.lend(["a", "b"], World.lazy) { world in
            world.reply { _ throws(RegionError) in throw error }
            let a = try world["a"]
            for _ in 1...20 { #expect(Self.ask(a) == error) }
        }
    }

    @Test func badPicturesDoNotCount() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            world.reply { _ throws(RegionError) in Self.fault(isOfRegion: false) }
            let a = try world["a"]
            for _ in 1...20 { #expect(Self.ask(a) == nil) }
        }
    }

    @Test func whoHadNoTimeSaysNothingOfIt() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            world.reply { _ throws(RegionError) in throw .timedOut }
            let a = try world["a"]
            for _ in 1...20 { #expect(Self.ask(a, within: .milliseconds(100)) == .timedOut) }
        }
    }

    @Test func onlySoManyAskAtATime() throws {
        let (inside, gate) = (Monitor(0), Monitor(false))
        try World.lend(["a", "b"], World.lazy, places: 2) { world in
            world.reply { _ throws(RegionError) in
                inside.update { $0 += 1 }
                _ = gate.wait(until: Deadline(in: .seconds(30))) { $0 ? true : nil }
                throw .behind
            }
            let a = try world["a"]
            let asking = try (0..<2).map { _ in try JoinableThread { _ = Self.ask(a) } }
            #expect(eventually { inside.withLock { $0 == 2 } })
            #expect(Self.ask(a) == .crowded)
            gate.update { $0 = true }
            for thread in asking { thread.join() }
            #expect(Self.ask(a) == .behind)
        }
    }

    @Test func strangersAreNotAsked() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            #expect(throws: RegionError.leftAlone) {
                try world["a"].neighbours.ask("z", Self.question, until: Deadline(in: .seconds(1)))
            }
        }
    }
}
