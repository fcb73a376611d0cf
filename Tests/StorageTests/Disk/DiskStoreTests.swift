import Deadlines
import Glibc
import Memory
import Storage
import Testing

/// What every store promises, and how a folder keeps it.
struct DiskStoreTests {
    struct Value: Sendable, CustomTestStringConvertible {
        let kind: StoreName.Kind
        let parts: [Int]
        var testDescription: String { "\(kind) of \(parts) bytes" }
    }

    static let values = StoreName.Kind.allCases.flatMap { kind in
        [[], [0], [1], [4095], [4096, 1], [200, 30_000], [0, 7, 0], [262_144], [262_145], [3_000_000, 5]].map {
            Value(kind: kind, parts: $0)
        }
    }

    @Test(arguments: values)
    func `what was written is read again`(_ value: Value) throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        let name = try StoreName.sample(value.kind, "some-Name_0")
        let parts = value.parts.enumerated().map { [UInt8].pattern($0.element, seed: $0.offset) }
        try store.write(parts, as: name, until: .ample)
        #expect(try store.read(name, until: .ample)?.copied == parts.flatMap { $0 })
        #expect(try DiskStore.eager(sandbox.store).read(name, until: .ample)?.count == value.parts.reduce(0, +))
        #expect(Sandbox.entries(of: sandbox.store + "/new").isEmpty)
    }

    @Test func `kinds are apart`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        for (index, kind) in StoreName.Kind.allCases.enumerated() {
            try store.write([[UInt8(index)]], as: .sample(kind, "same"), until: .ample)
        }
        for (index, kind) in StoreName.Kind.allCases.enumerated() {
            #expect(try store.read(.sample(kind, "same"), until: .ample)?.copied == [UInt8(index)])
        }
    }

    @Test(arguments: StoreName.Kind.allCases)
    func `a value is replaced as a whole and removed`(_ kind: StoreName.Kind) throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        let name = try StoreName.sample(kind, "name")
        try store.remove(name, until: .ample)
        for size in [100_000, 10, 0, 50_000] {
            try store.write([[UInt8].pattern(size)], as: name, until: .ample)
            #expect(try store.read(name, until: .ample)?.copied == .pattern(size))
        }
        try store.remove(name, until: .ample)
        #expect(try store.read(name, until: .ample) == nil)
        try store.remove(name, until: .ample)
    }

    @Test func `a folder that is not there is an empty store and stays away`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        #expect(try store.read(.variant(1), until: .ample) == nil)
        #expect(try store.names(of: .purge, until: .ample) == [])
        try store.remove(.variant(1), until: .ample)
        store.maintain()
        #expect(store.usage.bytes == nil)
        #expect(store.usage.limit == 64 << 20)
        #expect(!Sandbox.isFolder(sandbox.path + "/a"))
    }

    @Test func `folder and files are for this user alone`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store + "//")
        for kind in StoreName.Kind.allCases { try store.write([[1]], as: .sample(kind, "n"), until: .ample) }
        for path in [sandbox.path + "/a", sandbox.store] + Sandbox.files(below: sandbox.store) {
            var status = stat()
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mode & 0o077 == 0, "\(path)")
        }
    }

    @Test(arguments: StoreName.Kind.allCases)
    func `names are listed in order, without what is none`(_ kind: StoreName.Kind) throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        let texts = ["b", "a", "B", "a-1", "_", "0", "10", "9"] + (0..<300).map { "n\($0)" }
        for text in texts { try store.write([[1]], as: .sample(kind, text), until: .ample) }
        let folder = try #require(Sandbox.files(below: sandbox.store).first { $0.hasSuffix("/a-1") }).dropLast(4)
        for stranger in ["a.b", " ", "ä", String(repeating: "x", count: 101)] {
            Sandbox.write([1], to: folder + "/" + stranger)
        }
        let names = try store.names(of: kind, until: .ample)
        #expect(names.map(\.text) == texts.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        #expect(names.allSatisfy { $0.kind == kind })
    }

    @Test func `no more names are listed than promised, and the first ones`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[1]], as: .sample(.purge, "zzz"), until: .ample)
        for number in 0..<StoreName.mostListed {
            close(open(sandbox.store + "/purges/p\(100_000 + number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
        }
        let names = try store.names(of: .purge, until: .ample)
        #expect(names.count == StoreName.mostListed)
        #expect(names.first?.text == "p100000")
        #expect(names.last?.text == "p\(100_000 + StoreName.mostListed - 1)")
    }

    @Test func `one value takes a quarter of the space at most`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store, maxBytes: 400_000)
        #expect(throws: StoreError.tooLarge(limit: 100_000)) {
            try store.write([[UInt8].pattern(60_000), [UInt8].pattern(40_001)], as: .variant(1), until: .ample)
        }
        try store.write([[UInt8].pattern(100_000)], as: .variant(1), until: .ample)
        let file = try #require(Sandbox.files(below: sandbox.store + "/variants").first)
        #expect(truncate(file, 1 << 40) == 0)
        #expect(throws: StoreError.tooLarge(limit: 100_000)) { try store.read(.variant(1), until: .ample) }
    }

    @Test(arguments: [0, -1, .min])
    func `a limit that leaves no space keeps nothing but purges`(_ limit: Int) throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store, maxBytes: limit)
        #expect(throws: StoreError.tooLarge(limit: 0)) { try store.write([[1]], as: .variant(1), until: .ample) }
        #expect(throws: StoreError.full) { try store.write([], as: .variant(1), until: .ample) }
        try store.write([[1]], as: .sample(.purge, "p"), until: .ample)
        #expect(try store.read(.sample(.purge, "p"), until: .ample)?.copied == [1])
    }

    // MARK: What else may lie in the place of a file

    enum Stranger: String, CaseIterable {
        case folder, fullFolder, fifo, link, danglingLink

        func make(_ path: String, _ sandbox: Sandbox) {
            switch self {
            case .folder: #expect(mkdir(path, 0o700) == 0)
            case .fullFolder:
                #expect(mkdir(path, 0o700) == 0)
                Sandbox.write([1], to: path + "/file")
            case .fifo: #expect(mkfifo(path, 0o600) == 0)
            case .link:
                Sandbox.write([1, 2, 3], to: sandbox.path + "/secret")
                #expect(symlink(sandbox.path + "/secret", path) == 0)
            case .danglingLink: #expect(symlink("/nowhere/at/all", path) == 0)
            }
        }
    }

    @Test(arguments: Stranger.allCases)
    func `what is no regular file is nothing, and is replaced`(_ stranger: Stranger) throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[1]], as: .variant(1), until: .ample)
        let file = try #require(Sandbox.files(below: sandbox.store + "/variants").first)
        unlink(file)
        stranger.make(file, sandbox)
        #expect(try store.read(.variant(1), until: .ample) == nil)
        try store.write([[7, 8]], as: .variant(1), until: .ample)
        #expect(try store.read(.variant(1), until: .ample)?.copied == [7, 8])
        store.maintain()
        #expect(try store.read(.variant(1), until: .ample)?.copied == [7, 8])
        if stranger == .link { #expect(Sandbox.diskUse(below: sandbox.path + "/secret") > 0) }
    }

    @Test func `a file that was cut short is read as far as it goes`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[UInt8].pattern(50_000)], as: .original(1), until: .ample)
        let file = try #require(Sandbox.files(below: sandbox.store + "/originals").first)
        #expect(truncate(file, 1234) == 0)
        #expect(try store.read(.original(1), until: .ample)?.count == 1234)
    }

    @Test func `a reader keeps what it has when the file is removed or replaced`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[UInt8].pattern(50_000)], as: .variant(1), until: .ample)
        let bytes = try #require(try store.read(.variant(1), until: .ample))
        try store.write([[UInt8].pattern(10)], as: .variant(1), until: .ample)
        try store.remove(.variant(1), until: .ample)
        #expect(bytes.copied == .pattern(50_000))
    }

    @Test func `a long read, write or list ends by its deadline`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        let passed = Deadline(nanoseconds: 0)
        try store.write([[UInt8].pattern(3_000_000)], as: .variant(1), until: .ample)
        #expect(throws: StoreError.timedOut) { try store.read(.variant(1), until: passed) }
        #expect(throws: StoreError.timedOut) {
            try store.write([[UInt8].pattern(3_000_000)], as: .variant(1), until: passed)
        }
        #expect(throws: StoreError.timedOut) { try store.names(of: .variant, until: passed) }
        #expect(try store.read(.variant(1), until: .ample)?.copied == .pattern(3_000_000))
        #expect(Sandbox.entries(of: sandbox.store + "/new").isEmpty)
    }

    @Test func `readers see all of a value or none, whoever replaces it`() throws {
        let sandbox = try Sandbox()
        let name = try StoreName.variant(1)
        try DiskStore.eager(sandbox.store).write([[UInt8](repeating: 0, count: 70_000)], as: name, until: .ample)
        let mixed = Monitor(0)
        try inParallel(6) { thread in
            let store = DiskStore.eager(sandbox.store)
            for round in 0..<150 {
                if thread < 3 {
                    let part = [UInt8](repeating: UInt8(thread), count: 35_000 + round * 7)
                    #expect(throws: Never.self) { try store.write([part, part], as: name, until: .ample) }
                } else if let bytes = try? store.read(name, until: .ample)?.copied {
                    let isWhole = bytes.count >= 70_000 && bytes.allSatisfy { $0 == bytes[0] }
                    if !isWhole { mixed.withLock { $0 += 1 } }
                } else {
                    mixed.withLock { $0 += 1 }
                }
            }
        }
        #expect(mixed.withLock { $0 } == 0)
    }
}
