import Glibc
import Metrics
import Testing

/// Several `Metrics` on one folder have a mapping each, as several processes have.
@Suite struct SharedMetricsTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func shared() -> Metrics { Metrics(sharedIn: folder.path) }

    @Test func allAddToTheSameCells() throws {
        let (one, other) = (shared(), shared())
        #expect(one.isShared && other.isShared)
        one.add(.lookups(.redis, .hit), 2)
        other.add(.lookups(.redis, .hit), 3)
        one.set(.storeBytes, 1)
        other.set(.storeBytes, 9)
        #expect(one.count(of: .lookups(.redis, .hit)) == 5)
        #expect(one.value(of: .storeBytes) == 9)
        #expect(one.text() == other.text())
    }

    @Test func countingGoesOnWhenAllHaveEnded() throws {
        for expected in 1...3 as ClosedRange<UInt64> {
            let metrics = shared()
            metrics.add(.workerStarts)
            #expect(metrics.count(of: .workerStarts) == expected)
        }
        let name = try #require(folder.names.first)
        #expect(folder.names == [name])
        #expect(name.hasPrefix("metrics-") && name.count == 24)
    }

    @Test func theFileIsSmallAndItsOwnersAlone() throws {
        _ = shared()
        var status = stat()
        try #require(stat(try folder.file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_size < 12288)
    }

    @Test func noAdditionIsLost() throws {
        let (one, other) = (shared(), shared())
        try onThreads(8) { number in
            let metrics = number.isMultiple(of: 2) ? one : other
            for _ in 0..<100_000 {
                metrics.add(.answers(.success, .redis))
                metrics.observe(.requestSeconds, .nanoseconds(3))
            }
        }
        let after = try Exposition(one.text())
        #expect(after[#"apus_answers_total{status="2xx",tier="redis"}"#] == "800000")
        #expect(after["apus_request_duration_seconds_count"] == "800000")
        #expect(after["apus_request_duration_seconds_sum"] == "0.0024")
    }

    @Test(arguments: [false, true])
    func whoComesAtOnceFindsOneFile(_ isDamaged: Bool) throws {
        for _ in 0..<20 {
            let folder = try Folder()
            if isDamaged {
                _ = Metrics(sharedIn: folder.path)
                try write([1, 2, 3], to: try folder.file)
            }
            let path = folder.path
            try onThreads(16) { _ in
                let metrics = Metrics(sharedIn: path)
                metrics.add(.workerStarts)
                #expect(metrics.isShared)
            }
            #expect(Metrics(sharedIn: path).count(of: .workerStarts) == 16)
            #expect(folder.names.count == 1)
        }
    }

    enum Damage: String, CaseIterable, Sendable {
        case empty, short, long, mark, table, cells, foreign

        func apply(to bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            switch self {
            case .empty: return []
            case .short: return bytes.dropLast()
            case .long: return bytes + [0]
            case .mark: bytes[0] ^= 1
            case .table: bytes[8] ^= 1
            case .cells: bytes[16] ^= 1
            case .foreign: bytes = bytes.map { _ in 0x61 }
            }
            return bytes
        }
    }

    @Test(arguments: Damage.allCases)
    func aFileThatIsNotOursIsReplaced(_ damage: Damage) throws {
        shared().add(.evictions, 5)
        let file = try folder.file
        try write(damage.apply(to: try read(file)), to: file)
        let (one, other) = (shared(), shared())
        #expect(one.isShared && one.failure == nil)
        #expect(one.count(of: .evictions) == 0)
        one.add(.evictions)
        #expect(other.count(of: .evictions) == 1)
    }

    /// The name of the file, with another thing under it.
    private func occupied(_ occupy: (String) -> Int32) throws -> String {
        _ = shared()
        let file = try folder.file
        try #require(unlink(file) == 0)
        try #require(occupy(file) == 0)
        return file
    }

    @Test func aLinkIsReplacedAndNotFollowed() throws {
        let elsewhere = try Folder()
        let victim = elsewhere.path + "/victim"
        try write([1], to: victim)
        _ = try occupied { symlink(victim, $0) }
        #expect(shared().isShared)
        #expect(try read(victim) == [1])
    }

    @Test func aPipeIsReplacedAndNotWaitedFor() throws {
        _ = try occupied { mkfifo($0, 0o600) }
        #expect(shared().isShared)
    }

    @Test func aFolderInItsPlaceLeavesThisProcessAlone() throws {
        _ = try occupied { mkdir($0, 0o700) }
        let metrics = shared()
        #expect(!metrics.isShared)
        #expect(metrics.failure == MetricsError(call: "renameat", errno: EISDIR))
        #expect(folder.names.count == 1)
    }

    @Test(arguments: ["", "missing", "missing/deeper", "file"])
    func withoutAFolderThisProcessCountsAlone(_ name: String) throws {
        try write([], to: folder.path + "/file")
        let metrics = Metrics(sharedIn: name.isEmpty ? "" : folder.path + "/" + name)
        #expect(!metrics.isShared)
        #expect(metrics.failure?.call == "open")
        metrics.add(.staleAnswers)
        #expect(metrics.count(of: .staleAnswers) == 1)
        #expect(metrics.text().hasPrefix("# One worker process alone"))
    }

    @Test func goesOnWhenTheFileIsDeleted() throws {
        let (one, other) = (shared(), shared())
        try #require(unlink(try folder.file) == 0)
        one.add(.evictions)
        other.add(.evictions)
        #expect(one.count(of: .evictions) == 2)
        #expect(shared().count(of: .evictions) == 0)
    }

    @Test func aDraftThatWasLeftBehindIsRemoved() throws {
        _ = shared()
        let file = try folder.file
        try #require(unlink(file) == 0)
        try write([1, 2, 3], to: file + ".new")
        #expect(shared().isShared)
        #expect(try folder.file == file)
    }

    @Test func whoHoldsTheLockForeverIsNotWaitedFor() throws {
        let holder = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(holder) }
        try #require(flock(holder, LOCK_EX) == 0)
        #expect(shared().failure == MetricsError(call: "flock", errno: EWOULDBLOCK))
        try #require(flock(holder, LOCK_UN) == 0)
        let metrics = shared()
        #expect(metrics.isShared)
        // A file that is there needs no lock.
        try #require(flock(holder, LOCK_EX) == 0)
        #expect(shared().isShared)
    }
}
