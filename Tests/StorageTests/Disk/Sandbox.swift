import Deadlines
import Glibc
import Memory
import Processes
import Storage
import Testing

/// A folder for one test, removed with all that is in it; and what a test does there behind the store's back.
final class Sandbox: Sendable {
    let path: String

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array((parent + "/apus-storage-XXXXXX").utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Sandbox.removeAll(path)
    }

    /// Where the store lies; not made yet.
    var store: String { path + "/a/store" }

    static func removeAll(_ path: String) {
        guard isFolder(path) else {
            unlink(path)
            return
        }
        for entry in entries(of: path) { removeAll(path + "/" + entry) }
        rmdir(path)
    }

    static func entries(of path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// All files below a folder.
    static func files(below path: String) -> [String] {
        guard isFolder(path) else { return [path] }
        return entries(of: path).flatMap { files(below: path + "/" + $0) }
    }

    /// What the files below a folder really take of the disk, the folders left out.
    static func diskUse(below path: String) -> Int {
        files(below: path).reduce(0) { sum, file in
            var status = stat()
            return lstat(file, &status) == 0 ? sum + Int(status.st_blocks) * 512 : sum
        }
    }

    static func write(_ bytes: [UInt8], to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        #expect(bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        close(descriptor)
    }

    /// Sets the time of the last use of a file, in seconds from now.
    static func setLastUse(_ path: String, secondsFromNow: Int) {
        var times = [timespec(), timespec()]
        clock_gettime(CLOCK_REALTIME, &times[0])
        times[0].tv_sec += secondsFromNow
        times[1] = times[0]
        #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    }

    /// The time of the last use, in seconds from now.
    static func lastUse(_ path: String) -> Int {
        var status = stat()
        #expect(lstat(path, &status) == 0)
        return status.st_mtim.tv_sec - Int(WallClock.unixSeconds)
    }
}

extension StoreName {
    static func sample(_ kind: Kind, _ text: String) throws -> StoreName { try #require(StoreName(kind, text)) }
    static func variant(_ number: Int) throws -> StoreName { try sample(.variant, "v\(number)") }
    static func original(_ number: Int) throws -> StoreName { try sample(.original, "o\(number)") }
}

extension [UInt8] {
    /// Bytes that tell where they come from.
    static func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 31 ^ ($0 >> 8)) }
    }
}

extension Deadline {
    /// Later than any of these tests should take.
    static var ample: Deadline { Deadline(in: .seconds(60)) }
}

/// What a store has told.
final class EventLog: Sendable {
    private let log = Monitor<[StoreEvent]>([])
    var events: [StoreEvent] { log.withLock { $0 } }
    func add(_ event: StoreEvent) { log.withLock { $0.append(event) } }

    var evictedFiles: Int {
        events.reduce(0) { sum, event in
            if case .evicted(let files, _) = event { sum + files } else { sum }
        }
    }
}

extension DiskStore {
    /// A store that tries again at once after a failure.
    static func eager(_ path: String, maxBytes: Int = 64 << 20, log: EventLog = EventLog()) -> DiskStore {
        let limits = Breaker.Limits(firstHoldOff: .zero, longestHoldOff: .zero)
        return DiskStore(path: path, maxBytes: maxBytes, breaker: limits) { log.add($0) }
    }
}

/// Runs `count` threads at once and waits for them.
func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
    let threads = try (0..<count).map { number in try WorkThread(named: "test-\(number)") { body(number) } }
    for thread in threads { thread.join() }
}
