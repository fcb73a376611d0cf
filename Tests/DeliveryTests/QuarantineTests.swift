import Delivery
import Glibc
import Processes
import RenderJobs
import Synchronization
import Testing

/// Which originals are left alone, by what became of render processes.
@Suite struct QuarantineTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let seconds = Atomic<UInt64>(1_800_000_000)
        var now: UInt64 { seconds.load(ordering: .relaxed) }
        func pass(_ count: UInt64) { seconds.wrappingAdd(count, ordering: .relaxed) }
    }

    private let clock = Clock()
    private let memory = QuarantineMemory()
    private let limit = UInt64(Quarantine.duration.components.seconds)

    private func quarantine(of process: Int32 = getpid()) -> Quarantine {
        Quarantine(memory, process: process, now: { [clock] in clock.now })
    }

    /// One attempt; whether it was let be.
    @discardableResult
    private func attempt(
        _ quarantine: Quarantine, _ name: String, width: Int = 1, _ end: RenderWitness.End
    ) -> Bool {
        let witness = quarantine.witness(of: quarantine.key([name]), picture: quarantine.key([name, "w-\(width)"]))
        guard let tell = witness.begin() else { return false }
        tell(end)
        return true
    }

    @Test func `The second death is the last`() {
        let quarantine = quarantine()
        #expect(attempt(quarantine, "a", .died))
        #expect(!quarantine.holds(quarantine.key(["a"])))
        #expect(attempt(quarantine, "a", width: 2, .died))
        #expect(quarantine.holds(quarantine.key(["a"])))
        #expect(!attempt(quarantine, "a", width: 3, .alive))
        #expect(attempt(quarantine, "b", .alive))
    }

    /// Reading a header is an attempt too: this process would be the one that died.
    @Test func `What workers died of while they looked at it is not looked at a third time`() {
        for process in [Int32(2_000_000_001), 2_000_000_002] {
            let dead = quarantine(of: process)
            // Its mark stays, as that of one that died there.
            _ = dead.witness(of: dead.key(["a"]), picture: dead.key(["a", "w-1"])).begin()
        }
        let quarantine = quarantine()
        let keys = (quarantine.key(["a"]), quarantine.key(["a", "w-1"]))
        #expect(quarantine.watching(of: keys.0, picture: keys.1) { 1 } == nil)
        #expect(quarantine.watching(of: keys.0, picture: quarantine.key(["a", "w-2"])) { 2 } == 2)
        #expect(attempt(quarantine, "a", width: 2, .alive))
    }

    @Test func `What lives is never held, however often`() {
        let quarantine = quarantine()
        for _ in 0..<10 { #expect(attempt(quarantine, "a", .alive)) }
        #expect(!quarantine.holds(quarantine.key(["a"])))
    }

    @Test func `A verdict ends by itself, and so does the memory of one death`() {
        let quarantine = quarantine()
        attempt(quarantine, "a", .died)
        clock.pass(limit - 1)
        attempt(quarantine, "a", .died)
        clock.pass(limit - 1)
        #expect(!attempt(quarantine, "a", .alive))
        clock.pass(2)
        #expect(attempt(quarantine, "a", .died))
        clock.pass(limit + 1)
        #expect(attempt(quarantine, "a", .died))
        #expect(attempt(quarantine, "a", .alive))
    }

    @Test func `Another state of an original is another original`() {
        let quarantine = quarantine()
        for _ in 0..<2 { attempt(quarantine, "a tag 1", .died) }
        #expect(!attempt(quarantine, "a tag 1", .alive))
        #expect(attempt(quarantine, "a tag 2", .alive))
    }

    @Test func `All who share the memory share the verdict`() {
        attempt(quarantine(), "a", .died)
        attempt(quarantine(), "a", .died)
        #expect(!attempt(quarantine(), "a", .alive))
    }

    /// Nobody may lock others out of an original by asking for what takes long, or much, to make of it.
    @Test(arguments: [RenderWitness.End.late, .killed])
    func `What may not be the original's doing is held against that picture alone`(end: RenderWitness.End) {
        let quarantine = quarantine()
        for _ in 0..<2 { attempt(quarantine, "a", width: 7, end) }
        #expect(!attempt(quarantine, "a", width: 7, .alive))
        #expect(attempt(quarantine, "a", width: 8, .alive))
    }

    /// A worker that begins attempts at the pictures and is killed over them; `meanwhile` is what others do until then.
    private func die(over names: [String], meanwhile: () -> Void = {}) throws {
        let child = try ChildProcess(path: "/bin/sh", arguments: ["-c", "sleep 60"], environment: [:])
        defer {
            child.send(SIGKILL)
            child.waitForEnd()
        }
        let worker = quarantine(of: child.id)
        for name in names {
            let witness = worker.witness(of: worker.key([name]), picture: worker.key([name, "w-1"]))
            #expect(witness.begin() != nil)
        }
        meanwhile()
    }

    @Test func `The one picture that a worker was at when it died has a death more, once`() throws {
        // While it lives, it is only at it.
        try die(over: ["a"]) { #expect(attempt(quarantine(), "a", .alive)) }
        for _ in 0..<3 { #expect(attempt(quarantine(), "a", .alive)) }
        try die(over: ["a"])
        #expect(!attempt(quarantine(), "a", .alive))
        #expect(attempt(quarantine(), "a", width: 2, .alive))
        clock.pass(limit + 1)
        #expect(attempt(quarantine(), "a", .alive))
    }

    @Test(arguments: [["a", "a"], ["a", "b"], ["b", "a", "c"]])
    func `What a worker was at with several pictures says nothing`(names: [String]) throws {
        for _ in 0..<4 {
            try die(over: names)
            for name in Set(names) { #expect(attempt(quarantine(), name, .alive)) }
        }
    }

    @Test func `Two workers that died over a picture at once are two deaths`() throws {
        try die(over: ["a"]) { try? die(over: ["a"]) }
        #expect(!attempt(quarantine(), "a", .alive))
    }

    @Test func `Marks of the dead make room for those of the living`() throws {
        try die(over: (0..<1_100).map { "\($0)" })
        try die(over: ["a"])
        try die(over: ["a"])
        #expect(!attempt(quarantine(), "a", .alive))
    }

    @Test func `More deaths than there is room for push out the oldest ones alone`() {
        let quarantine = quarantine()
        for number in 0..<20_000 {
            attempt(quarantine, "\(number)", .died)
            attempt(quarantine, "\(number)", .died)
            if number % 1_000 == 0 { clock.pass(1) }
        }
        #expect(quarantine.holds(quarantine.key(["19999"])))
        #expect((0..<1_000).contains { !quarantine.holds(quarantine.key(["\($0)"])) })
    }

    @Test func `A clock that is turned back forgets`() {
        let quarantine = quarantine()
        clock.pass(1_000_000)
        for _ in 0..<2 { attempt(quarantine, "a", .died) }
        let before = Quarantine(memory, process: getpid(), now: { 1_800_000_000 })
        #expect(attempt(before, "a", .alive))
    }

    @Test func `It is shared through a file, whoever comes first`() throws {
        let folder = try TemporaryFolder()
        defer { unlink(folder.path + "/quarantine-1") }
        let first = Quarantine(sharedIn: folder.path)
        let second = Quarantine(sharedIn: folder.path)
        #expect(first.failure == nil)
        #expect(second.failure == nil)
        attempt(first, "a", .died)
        attempt(second, "a", .died)
        #expect(!attempt(first, "a", .alive))
        #expect(!attempt(Quarantine(sharedIn: folder.path), "a", .alive))
    }

    @Test func `Without a file it is of this process alone`() {
        let quarantine = Quarantine(sharedIn: "/nowhere")
        #expect(quarantine.failure?.errno == ENOENT)
        for _ in 0..<2 { attempt(quarantine, "a", .died) }
        #expect(!attempt(quarantine, "a", .alive))
    }

    @Test(arguments: [0, 7, 4_096]) func `A file that is none of ours is made anew`(length: Int) throws {
        let folder = try TemporaryFolder()
        defer { unlink(folder.path + "/quarantine-1") }
        try folder.write("quarantine-1", [UInt8](repeating: 1, count: length))
        let quarantine = Quarantine(sharedIn: folder.path)
        #expect(quarantine.failure == nil)
        for _ in 0..<2 { attempt(quarantine, "a", .died) }
        #expect(!attempt(Quarantine(sharedIn: folder.path), "a", .alive))
    }
}
