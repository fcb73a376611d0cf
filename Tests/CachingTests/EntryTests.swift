import Caching
import Memory
import Testing

@Suite struct EntryTests {
    private let now = Samples.madeAt

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let entry: Entry

        static var all: [Case] {
            let bare = Entry.Variant(contentType: "", entityTag: "", body: [UInt8]())
            return [
                Case(testDescription: "variant", entry: Samples.variant([1, 2, 3])),
                Case(testDescription: "empty body", entry: Samples.variant([])),
                Case(testDescription: "large body", entry: Samples.variant([UInt8](repeating: 9, count: 500_001))),
                Case(
                    testDescription: "nothing optional",
                    entry: Entry(content: .variant(bare), madeAt: -5, expiresAt: .max, region: "", purgeEpoch: .max)),
                Case(testDescription: "failure", entry: Samples.failure()),
            ]
        }
    }

    @Test(arguments: Case.all) func comesBackAsItWas(_ wanted: Case) throws {
        let key = try Samples.key()
        let bytes = try #require(wanted.entry.encoded(for: key))
        let entry = try Entry(decoding: bytes, for: key, now: now)
        #expect(EntryFacts(entry) == EntryFacts(wanted.entry))
    }

    @Test func theBodyIsNotCopied() throws {
        let key = try Samples.key()
        let bytes = try #require(Samples.variant([UInt8](repeating: 9, count: 30_000)).encoded(for: key))
        let entry = try Entry(decoding: bytes, for: key, now: now)
        guard case .variant(let variant) = entry.content else {
            Issue.record("no variant")
            return
        }
        func bounds(_ blob: some Blob) -> Range<UInt> {
            blob.withBytes { bytes in
                bytes.withUnsafeBytes {
                    UInt(bitPattern: $0.baseAddress)..<UInt(bitPattern: $0.baseAddress) + UInt($0.count)
                }
            }
        }
        #expect(bounds(variant.body).upperBound == bounds(bytes).upperBound)
        #expect(variant.body.count == 30_000)
    }

    @Test func everyPrefixIsNoEntry() throws {
        let key = try Samples.key()
        for sample in [Samples.variant([1, 2, 3]), Samples.failure()] {
            let bytes = try #require(sample.encoded(for: key))
            for count in 0..<bytes.count {
                let expected: EntryDefect = count < 5 ? .foreign : .truncated
                #expect(throws: expected) { try Entry(decoding: Array(bytes[..<count]), for: key, now: now) }
            }
            #expect(throws: EntryDefect.truncated) { try Entry(decoding: bytes + [0], for: key, now: now) }
        }
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let key = try Samples.key()
        for sample in [Samples.variant((0..<77).map { $0 }), Samples.failure()] {
            let bytes = try #require(sample.encoded(for: key))
            for bit in 0..<bytes.count * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << (bit % 8)
                #expect(throws: EntryDefect.self) { try Entry(decoding: damaged, for: key, now: now) }
            }
        }
    }

    @Test func swappedAndZeroedBytesAreNoticed() throws {
        let key = try Samples.key()
        let bytes = try #require(Samples.variant((0..<200).map { $0 }).encoded(for: key))
        let end = bytes.count
        for distance in [1, 8, 16, 32, 64] {
            var damaged = bytes
            damaged.swapAt(end - 1, end - 1 - distance)
            #expect(throws: EntryDefect.damaged) { try Entry(decoding: damaged, for: key, now: now) }
            damaged = bytes
            damaged.replaceSubrange(end - distance..<end, with: [UInt8](repeating: 0, count: distance))
            #expect(throws: EntryDefect.damaged) { try Entry(decoding: damaged, for: key, now: now) }
        }
    }

    @Test func anotherKeysEntryIsNone() throws {
        let bytes = try #require(Samples.variant([1, 2, 3]).encoded(for: try Samples.key(1)))
        #expect(throws: EntryDefect.damaged) { try Entry(decoding: bytes, for: try Samples.key(2), now: now) }
    }

    @Test func otherVersionsAndStrangersAreNone() throws {
        let key = try Samples.key()
        var bytes = try #require(Samples.variant([1, 2, 3]).encoded(for: key))
        bytes[4] = 0
        #expect(throws: EntryDefect.version(0)) { try Entry(decoding: bytes, for: key, now: now) }
        bytes[4] = 255
        #expect(throws: EntryDefect.version(255)) { try Entry(decoding: bytes, for: key, now: now) }
        #expect(throws: EntryDefect.foreign) {
            try Entry(decoding: Array("a value of somebody else".utf8), for: key, now: now)
        }
    }

    @Test func anyBytesAreSafe() throws {
        let key = try Samples.key()
        var random = SeededGenerator(state: 42)
        let good = try #require(Samples.variant((0..<100).map { $0 }).encoded(for: key))
        for round in 0..<5000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                bytes[Int.random(in: round % 2 == 0 ? 5..<56 : 0..<bytes.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            if bytes == good { continue }
            #expect(throws: EntryDefect.self) { try Entry(decoding: bytes, for: key, now: now) }
        }
    }

    @Test func anEntryEndsAtItsSecond() throws {
        let key = try Samples.key()
        let bytes = try #require(Samples.failure(expiresAt: 1000).encoded(for: key))
        #expect(throws: Never.self) { try Entry(decoding: bytes, for: key, now: 999) }
        #expect(throws: EntryDefect.expired) { try Entry(decoding: bytes, for: key, now: 1000) }
        #expect(throws: EntryDefect.expired) { try Entry(decoding: bytes, for: key, now: .max) }
    }

    @Test func whatDoesNotFitIsNotEncoded() throws {
        let key = try Samples.key()
        let long = String(repeating: "x", count: 65_536)
        var entry = Samples.variant([])
        entry.region = long
        #expect(isRefused(entry, key))
        entry.region = String(long.dropLast(10))
        #expect(isRefused(entry, key))
        let failure = Entry.Failure(status: -1, code: "", message: "")
        entry = Entry(content: .failure(failure), madeAt: 0, expiresAt: 1, region: "")
        #expect(isRefused(entry, key))
        let variant = Entry.Variant(contentType: "", entityTag: "", width: -1, body: [UInt8]())
        entry = Entry(content: .variant(variant), madeAt: 0, expiresAt: 1, region: "")
        #expect(isRefused(entry, key))
    }

    private func isRefused(_ entry: Entry, _ key: VariantKey) -> Bool {
        entry.encoded(for: key) == nil
    }

    @Test func slicesStayInside() {
        let bytes: [UInt8] = [0, 1, 2, 3, 4]
        #expect(BlobSlice(bytes, 1..<3)?.copied == [1, 2])
        #expect(BlobSlice(bytes, 5..<5)?.copied == [])
        #expect(BlobSlice(bytes, 3..<6) == nil)
        #expect(BlobSlice(bytes, -1..<2) == nil)
    }
}

/// The same numbers in every run (an LCG, upper bits).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}
