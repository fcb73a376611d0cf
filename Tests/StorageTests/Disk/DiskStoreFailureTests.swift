import Deadlines
import Glibc
import Memory
import Processes
import Storage
import Testing

/// Kills its process when somebody wants its bytes: a writer that dies in the middle of a file.
struct DeadlyBlob: Blob {
    let count = 50_000

    func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        kill(getpid(), SIGKILL)
        return try body([UInt8]().span.bytes)
    }
}

/// What happens to the folder, or to those who use it.
struct DiskStoreFailureTests {
    static let thirtyKilobytes = [UInt8].pattern(30_000)

    // MARK: Killed writers

    @Test(arguments: StoreName.Kind.allCases)
    func `a writer killed in the middle leaves nothing`(_ kind: StoreName.Kind) async throws {
        let sandbox = try Sandbox()
        let path = sandbox.store
        let name = try StoreName.sample(kind, "name")
        let store = DiskStore.eager(path)
        try store.write([[1, 2, 3]], as: name, until: .ample)
        let before = store.usage.bytes ?? 0
        let kindText = kind.rawValue
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, kindText = kindText as String] in
            let name = try StoreName.sample(#require(StoreName.Kind(rawValue: kindText)), "name")
            try DiskStore.eager(path).write([[UInt8].pattern(10_000), DeadlyBlob()], as: name, until: .ample)
        }
        #expect(try store.read(name, until: .ample)?.copied == [1, 2, 3])
        #expect(Sandbox.entries(of: path + "/new").count == 1)
        let log = EventLog()
        let next = DiskStore.eager(path, log: log)
        #expect(log.events == [.leftoversRemoved(files: 1)])
        #expect(Sandbox.entries(of: path + "/new").isEmpty)
        #expect((next.usage.bytes ?? 0) == before)
        try next.write([[4]], as: name, until: .ample)
        #expect(try next.read(name, until: .ample)?.copied == [4])
    }

    @Test func `only files that nobody writes any more are cleared away`() throws {
        let sandbox = try Sandbox()
        let log = EventLog()
        let store = DiskStore.eager(sandbox.store, log: log)
        try store.write([[1]], as: .variant(1), until: .ample)
        let new = sandbox.store + "/new/"
        for name in ["value-1", "value-2", "purge-1"] { Sandbox.write(Self.thirtyKilobytes, to: new + name) }
        mkdir(new + "folder", 0o700)
        mkfifo(new + "fifo", 0o600)
        let writer = open(new + "value-1", O_RDWR | O_CLOEXEC)
        #expect(flock(writer, LOCK_EX | LOCK_NB) == 0)
        store.maintain()
        #expect(Sandbox.entries(of: new) == ["fifo", "folder", "value-1"])
        #expect(log.events.contains(.leftoversRemoved(files: 2)))
        close(writer)
        store.maintain()
        #expect(Sandbox.entries(of: new) == ["fifo", "folder"])
    }

    // MARK: The folder goes away

    enum Loss: String, CaseIterable {
        case deleted, movedAway, replacedByAnother, partsDeleted

        func apply(to path: String) {
            switch self {
            case .deleted: Sandbox.removeAll(path)
            case .movedAway: rename(path, path + "-old")
            case .replacedByAnother:
                rename(path, path + "-old")
                mkdir(path, 0o700)
            case .partsDeleted:
                for part in ["ledger", "new", "variants", "originals", "purges"] {
                    Sandbox.removeAll(path + "/" + part)
                }
            }
        }
    }

    @Test(arguments: Loss.allCases)
    func `a folder that went away is made again by the next write`(_ loss: Loss) throws {
        let sandbox = try Sandbox()
        let stores = [DiskStore.eager(sandbox.store), DiskStore.eager(sandbox.store)]
        for store in stores { try store.write([Self.thirtyKilobytes], as: .variant(1), until: .ample) }
        loss.apply(to: sandbox.store)
        for store in stores {
            #expect(try store.read(.variant(1), until: .ample) == nil)
            #expect(try store.names(of: .purge, until: .ample) == [])
            try store.remove(.variant(1), until: .ample)
        }
        for (number, store) in stores.enumerated() {
            try store.write([Self.thirtyKilobytes], as: .variant(number), until: .ample)
            try store.write([[1]], as: .sample(.purge, "p\(number)"), until: .ample)
            #expect(store.usage.bytes == (number + 1) * 33_024)
        }
        #expect(try stores[0].read(.variant(1), until: .ample)?.copied == Self.thirtyKilobytes)
        #expect(try stores[0].names(of: .purge, until: .ample).count == 2)
    }

    @Test func `a file in the place of the folder is said so, and no more once it is gone`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[1]], as: .variant(1), until: .ample)
        Sandbox.removeAll(sandbox.store)
        Sandbox.write([1], to: sandbox.store)
        #expect(throws: StoreError.self) { try store.read(.variant(1), until: .ample) }
        #expect(throws: StoreError.system(call: "opendir", errno: ENOTDIR)) {
            try store.names(of: .purge, until: .ample)
        }
        for kind in StoreName.Kind.allCases {
            let error = #expect(throws: StoreError.self) {
                try store.write([[1]], as: .sample(kind, "n"), until: .ample)
            }
            if case .system(_, errno: ENOTDIR) = error {} else { Issue.record("\(String(describing: error))") }
        }
        store.maintain()
        #expect(store.usage.bytes == nil)
        unlink(sandbox.store)
        for kind in StoreName.Kind.allCases {
            try store.write([[1]], as: .sample(kind, "n"), until: .ample)
            #expect(try store.read(.sample(kind, "n"), until: .ample)?.copied == [1])
        }
    }

    @Test func `deleted again and again while threads write, nothing worse than a refusal happens`() throws {
        let sandbox = try Sandbox()
        let path = sandbox.store
        let left = Monitor(4)
        let threads = try (0..<4).map { thread in
            try WorkThread(named: "write-\(thread)") {
                let store = DiskStore.eager(path)
                for number in 0..<300 {
                    _ = try? store.write([Self.thirtyKilobytes], as: .variant(number % 40), until: .ample)
                    if let read = try? store.read(.variant(number % 40), until: .ample) {
                        #expect(read.count == 30_000)
                    }
                }
                left.withLock { $0 -= 1 }
            }
        }
        while left.withLock({ $0 }) > 0 { Sandbox.removeAll(path) }
        for thread in threads { thread.join() }
        let store = DiskStore.eager(path)
        store.maintain()
        try store.write([Self.thirtyKilobytes], as: .variant(1), until: .ample)
        #expect(try store.read(.variant(1), until: .ample)?.copied == Self.thirtyKilobytes)
        #expect(try #require(store.usage.bytes) >= Sandbox.diskUse(below: path + "/variants"))
    }

    // MARK: A stopped process

    @Test func `a process stopped with the ledger in hand keeps nobody from reading and purging`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[1]], as: .variant(1), until: .ample)
        let stopped = open(sandbox.store + "/ledger", O_RDWR | O_CLOEXEC)
        #expect(flock(stopped, LOCK_EX) == 0)
        #expect(throws: StoreError.unavailable) { try store.write([[2]], as: .variant(2), until: .ample) }
        #expect(try store.read(.variant(1), until: .ample)?.copied == [1])
        try store.write([[3]], as: .sample(.purge, "p"), until: .ample)
        close(stopped)
        let deadline = Deadline.ample
        while (try? store.write([[2]], as: .variant(2), until: .ample)) == nil, !deadline.hasPassed { sched_yield() }
        #expect(try store.read(.variant(2), until: .ample)?.copied == [2])
    }

    @Test func `a process stopped while it evicts costs others a refusal`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store, maxBytes: 200_000)
        for number in 0..<5 { try store.write([Self.thirtyKilobytes], as: .variant(number), until: .ample) }
        let stopped = open(sandbox.store + "/new", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #expect(flock(stopped, LOCK_EX) == 0)
        try store.write([Self.thirtyKilobytes], as: .variant(5), until: .ample)
        #expect(throws: StoreError.full) { try store.write([Self.thirtyKilobytes], as: .variant(6), until: .ample) }
        close(stopped)
        try store.write([Self.thirtyKilobytes], as: .variant(6), until: .ample)
    }
}
