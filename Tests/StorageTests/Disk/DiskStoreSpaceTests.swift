import Deadlines
import Glibc
import Memory
import Storage
import Testing

/// The size limit and what is evicted to keep it.
struct DiskStoreSpaceTests {
    private func bytes(_ store: DiskStore) throws -> Int { try #require(store.usage.bytes) }

    @Test func `whole blocks are counted, and purges are not`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[UInt8].pattern(100_000)], as: .sample(.purge, "p"), until: .ample)
        try store.write([[1]], as: .variant(1), until: .ample)
        let one = try bytes(store)
        #expect((4096..<5000).contains(one))
        try store.write([[UInt8].pattern(4097)], as: .original(1), until: .ample)
        #expect(try bytes(store) - one == one + 4096)
        #expect(DiskStore.eager(sandbox.store).usage == store.usage)
    }

    @Test func `replaced and removed values are counted no more`() throws {
        let sandbox = try Sandbox()
        let (one, other) = (DiskStore.eager(sandbox.store), DiskStore.eager(sandbox.store))
        for round in 0..<20 {
            try one.write([[UInt8].pattern(round * 5000)], as: .variant(1), until: .ample)
            try other.write([[UInt8].pattern(1000)], as: .variant(1), until: .ample)
        }
        let single = try bytes(one)
        #expect((4096..<5000).contains(single))
        try other.remove(.variant(1), until: .ample)
        try other.remove(.variant(1), until: .ample)
        #expect(try bytes(one) == 0)
    }

    @Test func `many who replace the same names leave the sum right`() throws {
        let sandbox = try Sandbox()
        try inParallel(4) { thread in
            let store = DiskStore.eager(sandbox.store)
            var random = SystemRandomNumberGenerator()
            for _ in 0..<200 {
                let size = Int.random(in: 0...40_000, using: &random)
                #expect(throws: Never.self) {
                    try store.write(
                        [[UInt8].pattern(size)], as: .variant(.random(in: 0..<5, using: &random)), until: .ample)
                }
            }
        }
        let log = EventLog()
        let store = DiskStore.eager(sandbox.store, log: log)
        store.maintain()
        #expect(log.events == [.recounted(bytes: try bytes(store), correction: 0)])
        #expect(try bytes(store) >= Sandbox.diskUse(below: sandbox.store + "/variants"))
    }

    @Test func `the files that nobody has used for longest go first`() throws {
        let sandbox = try Sandbox()
        let log = EventLog()
        let store = DiskStore.eager(sandbox.store, maxBytes: 40 * 20_736, log: log)
        for number in 0..<40 {
            try store.write([[UInt8].pattern(20_480)], as: .variant(number), until: .ample)
        }
        for file in Sandbox.files(below: sandbox.store + "/variants") {
            let number = try #require(Int(file.split(separator: "v").last ?? ""))
            // Odd ones have been unused for days, the even ones for hours.
            Sandbox.setLastUse(file, secondsFromNow: number.isMultiple(of: 2) ? -7_200 - number : -200_000 - number)
        }
        for number in 100..<110 { try store.write([[UInt8].pattern(20_480)], as: .original(number), until: .ample) }
        for number in stride(from: 0, to: 40, by: 2) {
            #expect(try store.read(.variant(number), until: .ample) != nil, "\(number)")
        }
        for number in 100..<110 { #expect(try store.read(.original(number), until: .ample) != nil, "\(number)") }
        #expect(log.evictedFiles >= 10)
        #expect(try store.names(of: .variant, until: .ample).count >= 25)
    }

    struct Use: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lastUse: Int
        let isMarked: Bool
    }

    @Test(arguments: [
        Use(testDescription: "a minute ago", lastUse: -60, isMarked: false),
        Use(testDescription: "59 minutes ago", lastUse: -3_540, isMarked: false),
        Use(testDescription: "an hour ago", lastUse: -3_601, isMarked: true),
        Use(testDescription: "before the clock jumped ahead", lastUse: -90_000, isMarked: true),
        Use(testDescription: "after now: the clock was set back by a day", lastUse: 86_400, isMarked: true),
    ])
    func `reading marks a file once an hour`(_ use: Use) throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store)
        try store.write([[1]], as: .variant(1), until: .ample)
        let file = try #require(Sandbox.files(below: sandbox.store + "/variants").first)
        Sandbox.setLastUse(file, secondsFromNow: use.lastUse)
        #expect(try store.read(.variant(1), until: .ample)?.copied == [1])
        #expect((abs(Sandbox.lastUse(file)) < 30) == (use.isMarked || use.lastUse > -30))
    }

    @Test func `purges are never evicted`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store, maxBytes: 1 << 20)
        for number in 0..<20 {
            try store.write([[UInt8].pattern(9_000)], as: .sample(.purge, "p\(number)"), until: .ample)
        }
        for file in Sandbox.files(below: sandbox.store + "/purges") {
            Sandbox.setLastUse(file, secondsFromNow: -1_000_000)
        }
        for number in 0..<100 { try store.write([[UInt8].pattern(30_000)], as: .variant(number), until: .ample) }
        #expect(try store.names(of: .purge, until: .ample).count == 20)
    }

    @Test func `maintaining evicts before the limit is reached, and only then`() throws {
        let sandbox = try Sandbox()
        let log = EventLog()
        let store = DiskStore.eager(sandbox.store, maxBytes: 100 * 4_352, log: log)
        for number in 0..<95 { try store.write([[1]], as: .variant(number), until: .ample) }
        store.maintain()
        #expect(log.evictedFiles == 0)
        for number in 95..<99 { try store.write([[1]], as: .variant(number), until: .ample) }
        #expect(log.evictedFiles == 0)
        store.maintain()
        #expect(log.evictedFiles == 4)
        #expect(try bytes(store) == 95 * 4_352)
    }

    @Test func `a smaller limit is kept after the next start`() throws {
        let sandbox = try Sandbox()
        let large = DiskStore.eager(sandbox.store, maxBytes: 8 << 20)
        for number in 0..<200 { try large.write([[UInt8].pattern(30_000)], as: .variant(number), until: .ample) }
        let small = DiskStore.eager(sandbox.store, maxBytes: 1 << 20)
        // It evicts for some seconds at a time, which may not do on a busy machine.
        for _ in 0..<10 where try bytes(small) > 1 << 20 { small.maintain() }
        #expect(try bytes(small) <= 1 << 20)
        #expect(Sandbox.diskUse(below: sandbox.store + "/variants") <= 1 << 20)
        try small.write([[UInt8].pattern(30_000)], as: .variant(500), until: .ample)
    }

    // MARK: The ledger

    enum Damage: String, CaseIterable {
        case removed, emptied, cutShort, garbage, hugeSums, negativeSums, oneBitFlipped

        func apply(to ledger: String) {
            let huge = Int.max
            switch self {
            case .removed: unlink(ledger)
            case .emptied: truncate(ledger, 0)
            case .cutShort: truncate(ledger, 11)
            case .garbage: Sandbox.write(.pattern(5_000), to: ledger)
            case .hugeSums, .negativeSums:
                let file = open(ledger, O_WRONLY | O_CLOEXEC)
                // Behind the mark and the flag.
                let fields = [self == .hugeSums ? huge : -5, huge, .min, .min, huge]
                fields.withUnsafeBytes { #expect(pwrite(file, $0.baseAddress, $0.count, 16) == $0.count) }
                close(file)
            case .oneBitFlipped:
                let file = open(ledger, O_RDWR | O_CLOEXEC)
                var byte: UInt8 = 0
                // Of the sum's higher bytes.
                #expect(pread(file, &byte, 1, 20) == 1)
                byte ^= 8
                #expect(pwrite(file, &byte, 1, 20) == 1)
                close(file)
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func `a ledger that is lost or damaged is made again from what is there`(_ damage: Damage) throws {
        let sandbox = try Sandbox()
        let log = EventLog()
        let store = DiskStore.eager(sandbox.store, log: log)
        for number in 0..<50 { try store.write([[UInt8].pattern(5_000)], as: .variant(number), until: .ample) }
        let before = try bytes(store)
        damage.apply(to: sandbox.store + "/ledger")
        #expect(store.usage.bytes == nil)
        #expect(throws: StoreError.unavailable) { try store.write([[1]], as: .variant(99), until: .ample) }
        #expect(try store.read(.variant(7), until: .ample)?.count == 5_000)
        try store.write([[1]], as: .sample(.purge, "p"), until: .ample)
        store.maintain()
        #expect(try bytes(store) == before)
        #expect(log.events == [.recounted(bytes: before, correction: nil)])
        try store.write([[1]], as: .variant(99), until: .ample)
    }

    @Test func `files that somebody else removed are found out when space runs short`() throws {
        let sandbox = try Sandbox()
        let store = DiskStore.eager(sandbox.store, maxBytes: 1 << 20)
        for number in 0..<30 { try store.write([[UInt8].pattern(30_000)], as: .variant(number), until: .ample) }
        store.maintain()
        Sandbox.removeAll(sandbox.store + "/variants")
        for number in 100..<110 { _ = try? store.write([[UInt8].pattern(30_000)], as: .variant(number), until: .ample) }
        store.maintain()
        #expect(try bytes(store) < 500_000)
        for number in 200..<220 { try store.write([[UInt8].pattern(30_000)], as: .variant(number), until: .ample) }
        #expect(try store.names(of: .variant, until: .ample).filter { $0.text.hasPrefix("v2") }.count == 20)
    }
}
