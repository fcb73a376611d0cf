import Deadlines
import Glibc
import Memory
import Storage
import Testing

/// Many writers of several processes at once.
struct DiskStoreStormTests {
    static let limit = 4 << 20

    /// Writes, reads and removes at random; what is read must be whole.
    static func storm(_ path: String, writes: Int) -> Bool {
        let store = DiskStore.eager(path, maxBytes: limit)
        var random = SystemRandomNumberGenerator()
        var isWhole = true
        for round in 0..<writes {
            guard
                let name = StoreName(
                    round.isMultiple(of: 3) ? .original : .variant, "n\(Int.random(in: 0..<400, using: &random))")
            else { return false }
            let byte = UInt8.random(in: 0...255, using: &random)
            let value = [UInt8](repeating: byte, count: .random(in: 0...90_000, using: &random))
            do throws(StoreError) {
                try store.write([value], as: name, until: .ample)
                if let read = try store.read(name, until: .ample)?.copied {
                    isWhole = isWhole && read.allSatisfy { $0 == read[0] }
                }
                if round.isMultiple(of: 17) { try store.remove(name, until: .ample) }
            } catch {
                // No room for the moment is an answer; anything else is not.
                isWhole = isWhole && (error == .full || error == .unavailable)
            }
            if round.isMultiple(of: 50) { store.maintain() }
        }
        return isWhole
    }

    @Test func `threads that storm keep values whole and the sum right`() throws {
        let sandbox = try Sandbox()
        let path = sandbox.store
        try inParallel(6) { _ in #expect(Self.storm(path, writes: 300)) }
        #expect(Sandbox.entries(of: path + "/new").isEmpty)
        try Self.expectRightSum(path)
    }

    @Test func `processes that storm keep values whole and the sum right`() async throws {
        let sandbox = try Sandbox()
        let path = sandbox.store
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    await #expect(processExitsWith: .success) { [path = path as String] in
                        exit(DiskStoreStormTests.storm(path, writes: 300) ? 0 : 1)
                    }
                }
            }
        }
        #expect(Sandbox.entries(of: path + "/new").isEmpty)
        try Self.expectRightSum(path)
    }

    private static func expectRightSum(_ path: String) throws {
        #expect(
            (limit / 2...limit).contains(
                Sandbox.diskUse(below: path + "/variants") + Sandbox.diskUse(below: path + "/originals")))
        // With space to spare, so that maintaining it evicts nothing.
        let store = DiskStore.eager(path)
        let before = try #require(store.usage.bytes)
        // Without its ledger it has to count.
        unlink(path + "/ledger")
        store.maintain()
        let after = try #require(store.usage.bytes)
        #expect(
            abs(before - after) <= 100_000, "a file replaced just while it is evicted or removed is the only excuse")
    }
}
