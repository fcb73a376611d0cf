import Deadlines
import Glibc
import Memory
import Processes
import Storage
import Testing

/// Disks that are full or may only be read.
@Suite(
    .enabled(if: Mount.isPossible, "needs to mount small file systems, which only root may, and not in every container")
)
struct DiskStoreMountTests {
    static let thirtyKilobytes = [UInt8].pattern(30_000)

    /// Fills what is left of a file system.
    private func fill(_ path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        let bytes = [UInt8](repeating: 1, count: 65_536)
        for size in [65_536, 4_096, 1] {
            while bytes.withUnsafeBytes({ write(file, $0.baseAddress, size) }) == size {}
        }
    }

    @Test func `a full disk is said so, read from, and written to again when there is room`() throws {
        let sandbox = try Sandbox()
        let mount = try Mount(at: sandbox.path + "/disk", options: "size=2m")
        let log = EventLog()
        let store = DiskStore.eager(mount.path + "/store", log: log)
        try store.write([[7]], as: .sample(.purge, "kept"), until: .ample)
        fill(mount.path + "/others")
        #expect(throws: StoreError.full) { try store.write([Self.thirtyKilobytes], as: .variant(1), until: .ample) }
        #expect(throws: StoreError.full) {
            try store.write([Self.thirtyKilobytes], as: .sample(.purge, "p"), until: .ample)
        }
        #expect(log.events == [.failed(.full, holdOff: .zero)])
        #expect(try store.read(.sample(.purge, "kept"), until: .ample)?.copied == [7])
        #expect(Sandbox.entries(of: mount.path + "/store/new").isEmpty)
        unlink(mount.path + "/others")
        store.maintain()
        try store.write([Self.thirtyKilobytes], as: .variant(1), until: .ample)
        #expect(try store.read(.variant(1), until: .ample)?.copied == Self.thirtyKilobytes)
        #expect(log.events.last == .recovered || log.events.contains(.recovered))
    }

    @Test func `on a disk smaller than the limit, old files make room`() throws {
        let sandbox = try Sandbox()
        let mount = try Mount(at: sandbox.path + "/disk", options: "size=4m")
        let log = EventLog()
        let store = DiskStore.eager(mount.path + "/store", maxBytes: 1 << 30, log: log)
        for number in 0..<400 {
            try store.write([Self.thirtyKilobytes], as: .variant(number), until: .ample)
            #expect(try store.read(.variant(number), until: .ample)?.copied == Self.thirtyKilobytes)
        }
        #expect(log.evictedFiles > 200)
        try store.write([Self.thirtyKilobytes], as: .sample(.purge, "p"), until: .ample)
        #expect(try store.read(.sample(.purge, "p"), until: .ample)?.copied == Self.thirtyKilobytes)
    }

    @Test func `a purge is kept on a disk that is full of variants`() throws {
        let sandbox = try Sandbox()
        let mount = try Mount(at: sandbox.path + "/disk", options: "size=4m")
        let store = DiskStore.eager(mount.path + "/store")
        for number in 0..<60 { try store.write([Self.thirtyKilobytes], as: .variant(number), until: .ample) }
        fill(mount.path + "/others")
        try store.write([Self.thirtyKilobytes], as: .sample(.purge, "p"), until: .ample)
        #expect(try store.read(.sample(.purge, "p"), until: .ample)?.copied == Self.thirtyKilobytes)
    }

    @Test func `a disk without inodes is full too`() throws {
        let sandbox = try Sandbox()
        let mount = try Mount(at: sandbox.path + "/disk", options: "size=64m,nr_inodes=600")
        let log = EventLog()
        let store = DiskStore.eager(mount.path + "/store", log: log)
        for number in 0..<800 {
            try store.write([[1]], as: .variant(number), until: .ample)
            #expect(try store.read(.variant(number), until: .ample)?.copied == [1])
        }
        #expect(log.evictedFiles > 0)
    }

    @Test func `the limit holds at every moment while threads storm, as the file system counts`() throws {
        let sandbox = try Sandbox()
        let mount = try Mount(at: sandbox.path + "/disk", options: "size=64m")
        let path = mount.path + "/store"
        let left = Monitor(6)
        let threads = try (0..<6).map { thread in
            try WorkThread(named: "storm-\(thread)") {
                let store = DiskStore.eager(path, maxBytes: 4 << 20)
                for number in 0..<500 {
                    let value = [UInt8](repeating: 1, count: number * 7_919 % 90_000)
                    _ = try? store.write([value], as: .variant(number * (thread + 1) % 700), until: .ample)
                }
                left.withLock { $0 -= 1 }
            }
        }
        var most = 0
        while left.withLock({ $0 }) > 0 {
            var status = statvfs()
            #expect(statvfs(mount.path, &status) == 0)
            most = max(most, Int(status.f_blocks - status.f_bfree) * Int(status.f_frsize))
        }
        for thread in threads { thread.join() }
        // The ledger's block comes on top; folders take none on this file system. The kernel frees a file that one
        // thread removes while another looks at it only when that one is done: a value for each is allowed for.
        #expect((2 << 20...4 << 20 + 4_096 + 6 * 94_208).contains(most))
    }

    @Test func `a read-only disk is said so, read from, and written to again`() throws {
        let sandbox = try Sandbox()
        let mount = try Mount(at: sandbox.path + "/disk", options: "size=4m")
        let log = EventLog()
        let path = mount.path + "/store"
        let store = DiskStore.eager(path, log: log)
        try store.write([[1]], as: .variant(1), until: .ample)
        let file = try #require(Sandbox.files(below: path + "/variants").first)
        Sandbox.setLastUse(file, secondsFromNow: -100_000)
        mount.remount("ro")
        let kinds = StoreName.Kind.allCases
        for one in [store, DiskStore.eager(path, log: log)] {
            for kind in kinds {
                #expect(throws: StoreError.readOnly) { try one.write([[2]], as: .sample(kind, "n"), until: .ample) }
            }
            #expect(throws: StoreError.readOnly) { try one.remove(.variant(1), until: .ample) }
            #expect(try one.read(.variant(1), until: .ample)?.copied == [1])
            one.maintain()
            one.maintain()
        }
        mount.remount("rw")
        for kind in kinds { try store.write([[2]], as: .sample(kind, "n"), until: .ample) }
        #expect(log.events.contains(.failed(.readOnly, holdOff: .zero)))
        #expect(log.events.filter { $0 == .maintenanceFailed(.readOnly) }.count == 2)
        #expect(log.events.contains(.recovered))
    }

    @Test func `after a failure writing rests, but not for purges, reading and removing`() throws {
        let sandbox = try Sandbox()
        let mount = try Mount(at: sandbox.path + "/disk", options: "size=2m")
        let log = EventLog()
        let limits = Breaker.Limits(firstHoldOff: .seconds(3_600), longestHoldOff: .seconds(3_600))
        let store = DiskStore(path: mount.path + "/store", maxBytes: 1 << 20, breaker: limits) { log.add($0) }
        try store.write([[1]], as: .sample(.purge, "kept"), until: .ample)
        fill(mount.path + "/others")
        #expect(throws: StoreError.full) { try store.write([Self.thirtyKilobytes], as: .variant(1), until: .ample) }
        #expect(throws: StoreError.unavailable) { try store.write([[1]], as: .variant(1), until: .ample) }
        #expect(throws: StoreError.full) {
            try store.write([Self.thirtyKilobytes], as: .sample(.purge, "p"), until: .ample)
        }
        unlink(mount.path + "/others")
        #expect(throws: StoreError.unavailable) { try store.write([[1]], as: .variant(1), until: .ample) }
        try store.write([Self.thirtyKilobytes], as: .sample(.purge, "p"), until: .ample)
        #expect(try store.read(.sample(.purge, "p"), until: .ample)?.count == 30_000)
        try store.remove(.sample(.purge, "p"), until: .ample)
        #expect(log.events == [.failed(.full, holdOff: .seconds(3_600))])
    }
}
