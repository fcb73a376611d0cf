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
            let ages = Lifetime(madeAt: -5, freshUntil: .min, expiresAt: .max)
            return [
                Case(testDescription: "variant", entry: Samples.variant([1, 2, 3])),
                Case(testDescription: "empty body", entry: Samples.variant([])),
                Case(testDescription: "large body", entry: Samples.variant([UInt8](repeating: 9, count: 500_001))),
                Case(
                    testDescription: "nothing optional",
                    entry: Entry(content: .variant(bare), lifetime: ages, region: "", purgeEpoch: .max)),
                Case(testDescription: "failure", entry: Samples.failure()),
                Case(testDescription: "original", entry: Samples.original([4, 5])),
                Case(testDescription: "file", entry: Samples.file(3_000_000_000)),
                Case(testDescription: "file of unknown length", entry: Samples.file(nil)),
            ]
        }
    }

    @Test(arguments: Case.all) func comesBackAsItWas(_ wanted: Case) throws {
        let key = Samples.key()
        let bytes = try #require(wanted.entry.bytes(for: key))
        let entry = try Entry(decoding: bytes, for: key, now: now)
        #expect(EntryFacts(entry) == EntryFacts(wanted.entry))
    }

    @Test func theBodyIsNotCopied() throws {
        let key = Samples.key()
        let bytes = try #require(Samples.variant([UInt8](repeating: 9, count: 30_000)).bytes(for: key))
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
        #expect(bounds(variant.body).lowerBound == bounds(bytes).lowerBound)
        #expect(variant.body.count == 30_000)
    }

    @Test func everyPartOfAnEntryIsNone() throws {
        let key = Samples.key()
        for sample in [Samples.variant([1, 2, 3]), Samples.failure(), Samples.original([1, 2])] {
            let bytes = try #require(sample.bytes(for: key))
            for count in 0..<bytes.count {
                #expect(throws: EntryDefect.self) { try Entry(decoding: Array(bytes[..<count]), for: key, now: now) }
            }
            for start in 1..<bytes.count {
                #expect(throws: EntryDefect.self) { try Entry(decoding: Array(bytes[start...]), for: key, now: now) }
            }
            #expect(throws: EntryDefect.foreign) { try Entry(decoding: bytes + [0], for: key, now: now) }
            #expect(throws: EntryDefect.truncated) { try Entry(decoding: [0] + bytes, for: key, now: now) }
        }
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let key = Samples.key()
        for sample in [Samples.variant((0..<77).map { $0 }), Samples.failure(), Samples.original([9])] {
            let bytes = try #require(sample.bytes(for: key))
            for bit in 0..<bytes.count * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << (bit % 8)
                #expect(throws: EntryDefect.self) { try Entry(decoding: damaged, for: key, now: now) }
            }
        }
    }

    @Test func swappedAndZeroedBytesAreNoticed() throws {
        let key = Samples.key()
        let bytes = try #require(Samples.variant((1...200).map { $0 }).bytes(for: key))
        for distance in [1, 8, 16, 32, 64] {
            var damaged = bytes
            damaged.swapAt(0, distance)
            #expect(throws: EntryDefect.damaged) { try Entry(decoding: damaged, for: key, now: now) }
            damaged = bytes
            damaged.replaceSubrange(0..<distance, with: [UInt8](repeating: 0, count: distance))
            #expect(throws: EntryDefect.damaged) { try Entry(decoding: damaged, for: key, now: now) }
        }
    }

    @Test func anotherKeysEntryIsNone() throws {
        let bytes = try #require(Samples.variant([1, 2, 3]).bytes(for: Samples.key(1)))
        #expect(throws: EntryDefect.damaged) { try Entry(decoding: bytes, for: Samples.key(2), now: now) }
    }

    @Test func otherVersionsAndStrangersAreNone() throws {
        let key = Samples.key()
        var bytes = try #require(Samples.variant([1, 2, 3]).bytes(for: key))
        let version = bytes.count - 5
        bytes[version] = 0
        #expect(throws: EntryDefect.version(0)) { try Entry(decoding: bytes, for: key, now: now) }
        bytes[version] = 255
        #expect(throws: EntryDefect.version(255)) { try Entry(decoding: bytes, for: key, now: now) }
        #expect(throws: EntryDefect.foreign) {
            try Entry(decoding: Array("a value of somebody else".utf8), for: key, now: now)
        }
    }

    @Test func anyBytesAreSafe() throws {
        let key = Samples.key()
        var random = SeededGenerator(state: 42)
        let good = try #require(Samples.variant((0..<100).map { $0 }).bytes(for: key))
        for round in 0..<5000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let place = round % 2 == 0 ? bytes.count - 60..<bytes.count : bytes.indices
                bytes[.random(in: place, using: &random)] = .random(in: 0...255, using: &random)
            }
            if bytes == good { continue }
            #expect(throws: EntryDefect.self) { try Entry(decoding: bytes, for: key, now: now) }
        }
    }

    @Test func anEntryEndsAtItsSecond() throws {
        let key = Samples.key()
        let bytes = try #require(Samples.failure(expiresAt: 1000).bytes(for: key))
        #expect(throws: Never.self) { try Entry(decoding: bytes, for: key, now: 999) }
        #expect(throws: EntryDefect.expired) { try Entry(decoding: bytes, for: key, now: 1000) }
        #expect(throws: EntryDefect.expired) { try Entry(decoding: bytes, for: key, now: .max) }
    }

    @Test func whatDoesNotFitIsNotEncoded() {
        let long = String(repeating: "x", count: 65_536)
        var entry = Samples.variant([])
        entry.region = long
        #expect(isRefused(entry))
        entry.region = String(long.dropLast(10))
        #expect(isRefused(entry))
        entry = Samples.variant([])
        entry.source.tags = (0..<600).map { "\($0)" + String(repeating: "t", count: 110) }
        #expect(isRefused(entry))
        for status in [-1, 65_536] {
            entry.content = .failure(Entry.Failure(status: status, code: "", message: ""))
            #expect(isRefused(entry))
        }
    }

    private func isRefused(_ entry: Entry) -> Bool {
        entry.bytes(for: Samples.key()) == nil
    }

    @Test(arguments: [EntryKey.Kind.variant, .original]) func theKindBelongsToTheKey(_ kind: EntryKey.Kind) throws {
        let bytes = try #require(Samples.original([1]).bytes(for: Samples.key(1, kind)))
        let other: EntryKey.Kind = kind == .variant ? .original : .variant
        #expect(throws: EntryDefect.damaged) { try Entry(decoding: bytes, for: Samples.key(1, other), now: now) }
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
