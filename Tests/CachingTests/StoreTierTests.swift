import Caching
import Deadlines
import Memory
import Storage
import Testing

@Suite struct StoreTierTests {
    private var soon: Deadline { Deadline(in: .seconds(20)) }
    private let now = Samples.madeAt

    private func body(of answer: CacheAnswer) -> [UInt8]? {
        if case .hit(let entry) = answer { entry.body.copied } else { nil }
    }

    @Test(arguments: [EntryKey.Kind.variant, .original]) func keepsAndFinds(_ kind: EntryKey.Kind) throws {
        let place = try StorePlace()
        let tier = StoreTier(store: place.store())
        let key = Samples.key(1, kind)
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let entry = kind == .variant ? Samples.variant(bytes) : Samples.original(bytes)
        #expect(tier.find(key, until: soon, now: now).isMiss)
        #expect(tier.keep(entry, under: key, until: soon, now: now) == .kept)
        #expect(body(of: tier.find(key, until: soon, now: now)) == bytes)
        // Another process that begins later finds it too.
        #expect(body(of: StoreTier(store: place.store()).find(key, until: soon, now: now)) == bytes)
        #expect(tier.find(Samples.key(2, kind), until: soon, now: now).isMiss)
        tier.remove(key, until: soon)
        #expect(tier.find(key, until: soon, now: now).isMiss)
        tier.remove(key, until: soon)
    }

    @Test func whatIsThereIsReplaced() throws {
        let place = try StorePlace()
        let tier = StoreTier(store: place.store())
        let key = Samples.key()
        for bytes in [[UInt8]](arrayLiteral: [1, 2, 3], [], [4]) {
            #expect(tier.keep(Samples.variant(bytes), under: key, until: soon, now: now) == .kept)
            #expect(body(of: tier.find(key, until: soon, now: now)) == bytes)
        }
    }

    struct Foreign: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let defect: EntryDefect
        let bytes: @Sendable (_ entry: [UInt8]) -> [UInt8]

        init(_ description: String, _ defect: EntryDefect, _ bytes: @escaping @Sendable ([UInt8]) -> [UInt8]) {
            (testDescription, self.defect, self.bytes) = (description, defect, bytes)
        }
    }

    @Test(arguments: [
        Foreign("nothing", .foreign) { _ in [] },
        Foreign("text", .foreign) { _ in [UInt8]("hello, this is no entry of ours".utf8) },
        Foreign("cut at its end", .foreign) { Array($0.dropLast()) },
        Foreign("cut at its beginning", .truncated) { Array($0.dropFirst()) },
        Foreign("with something before it", .truncated) { [0] + $0 },
        Foreign("one bit of the body", .damaged) { [$0[0] ^ 1] + $0.dropFirst() },
        Foreign("of another key", .damaged) { _ in
            Samples.variant([1, 2, 3]).bytes(for: Samples.key(99)) ?? []
        },
        Foreign("of another kind of key", .damaged) { _ in
            Samples.variant([1, 2, 3]).bytes(for: Samples.key(1, .original)) ?? []
        },
        Foreign("of a later version", .version(Entry.formatVersion + 1)) { entry in
            var entry = entry
            entry[entry.count - 5] += 1
            return entry
        },
    ]) func whatIsNoEntryIsAMissAndDeleted(_ foreign: Foreign) throws {
        let place = try StorePlace()
        let store = place.store()
        let events = Monitor<[CacheEvent]>([])
        let tier = StoreTier(store: store) { event in events.withLock { $0.append(event) } }
        let key = Samples.key()
        let name = try #require(key.storeName)
        let entry = try #require(Samples.variant([1, 2, 3]).bytes(for: key))
        try store.write([foreign.bytes(entry)], as: name, until: soon)
        #expect(tier.find(key, until: soon, now: now).isDefective)
        #expect(events.withLock { $0 } == [.defective(key, foreign.defect)])
        #expect(try store.read(name, until: soon) == nil)
        #expect(tier.keep(Samples.variant([4]), under: key, until: soon, now: now) == .kept)
        #expect(body(of: tier.find(key, until: soon, now: now)) == [4])
    }

    @Test func whatIsOverIsNotKeptAndGoesWhenItIsMet() throws {
        let place = try StorePlace()
        let store = place.store()
        let events = Monitor<[CacheEvent]>([])
        let tier = StoreTier(store: store) { event in events.withLock { $0.append(event) } }
        let key = Samples.key()
        let name = try #require(key.storeName)
        for end in [now, now - 1, .min] {
            #expect(tier.keep(Samples.variant([1], expiresAt: end), under: key, until: soon, now: now) == .expired)
        }
        #expect(try store.read(name, until: soon) == nil)
        #expect(tier.keep(Samples.variant([1], expiresAt: now + 100), under: key, until: soon, now: now) == .kept)
        #expect(body(of: tier.find(key, until: soon, now: now + 99)) == [1])
        #expect(tier.find(key, until: soon, now: now + 100).isMiss)
        #expect(try store.read(name, until: soon) == nil)
        #expect(events.withLock { $0 }.isEmpty)
    }

    @Test func tooLargeForTheStore() throws {
        let place = try StorePlace()
        // A quarter is the most for one.
        let tier = StoreTier(store: place.store(maxBytes: 8_000_000))
        let large = Samples.original([UInt8](repeating: 1, count: 2_100_000))
        let key = Samples.key(1, .original)
        #expect(tier.keep(large, under: key, until: soon, now: now) == .tooLarge)
        #expect(tier.find(key, until: soon, now: now).isMiss)
    }

    struct Failure: CustomTestStringConvertible, Sendable {
        let error: StoreError
        let outcome: KeepOutcome
        /// Whether the owner hears of a write that fails so: not of each that is merely held off.
        let isTold: Bool
        var testDescription: String { "\(error)" }
    }

    @Test(arguments: [
        Failure(error: .full, outcome: .storeFailed(.full), isTold: true),
        Failure(error: .readOnly, outcome: .storeFailed(.readOnly), isTold: true),
        Failure(error: .unavailable, outcome: .heldOff, isTold: false),
        Failure(error: .tooLarge(limit: 5), outcome: .tooLarge, isTold: false),
        Failure(error: .timedOut, outcome: .storeFailed(.timedOut), isTold: true),
        Failure(error: .refused(status: 403), outcome: .storeFailed(.refused(status: 403)), isTold: true),
    ]) func aStoreThatFailsIsUnavailable(_ failure: Failure) {
        let events = Monitor<[CacheEvent]>([])
        let tier = StoreTier(store: BrokenStore(error: failure.error)) { event in
            events.withLock { $0.append(event) }
        }
        let key = Samples.key()
        #expect(tier.find(key, until: soon, now: now).isUnavailable)
        #expect(events.withLock { $0 } == [.storeFailed(failure.error)])
        events.withLock { $0 = [] }
        #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == failure.outcome)
        #expect(events.withLock { $0 } == (failure.isTold ? [.storeFailed(failure.error)] : []))
        tier.remove(key, until: soon)
    }
}

/// A store that does nothing but fail.
private struct BrokenStore: Store {
    let error: StoreError

    func read(_ name: StoreName, until deadline: Deadline) throws(StoreError) -> SharedMemory? { throw error }
    func write(_ parts: [any Blob], as name: StoreName, until deadline: Deadline) throws(StoreError) { throw error }
    func remove(_ name: StoreName, until deadline: Deadline) throws(StoreError) { throw error }
    func names(of kind: StoreName.Kind, until deadline: Deadline) throws(StoreError) -> [StoreName] { throw error }
}
