import Glibc
import Synchronization

/// Numbers that several processes share: marks of attempts that are under way, and deaths. Each change is one atomic
/// instruction, so that a process may die between any two.
///
/// The pointers are `nonisolated(unsafe)`: they never change, and what they point to is atomic.
package final class QuarantineMemory: Sendable {
    /// A kind of file mark and a salt of two numbers.
    static let headerCells = 8
    /// Attempts at once on this host.
    private static let marks = 1_024
    /// Deaths are kept in sets of a few: what there is no room for in one takes the place of what would be forgotten first.
    private static let sets = 256
    private static let places = 8
    static var cells: Int { headerCells + 2 * marks + sets * places }
    /// Seconds are counted from here: 1 January 2026.
    private static let epoch: UInt64 = 1_767_225_600
    private static let mostDeaths: UInt64 = 3

    nonisolated(unsafe) private let memory: UnsafeMutableRawPointer
    nonisolated(unsafe) private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    private let isMapped: Bool

    /// Memory of this process alone.
    package init() {
        let bytes = Self.cells * MemoryLayout<UInt64>.stride
        memory = .allocate(byteCount: bytes, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        cells = memory.bindMemory(to: Atomic<UInt64>.self, capacity: Self.cells)
        isMapped = false
        cells[1].store(.random(in: 0...(.max)), ordering: .relaxed)
    }

    /// Maps all of a file. It must not be cut afterwards.
    init(mapping descriptor: Int32) throws(QuarantineFile.Failure) {
        let bytes = Self.cells * MemoryLayout<UInt64>.stride
        guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw QuarantineFile.Failure(call: "mmap", errno: errno) }
        self.memory = memory
        cells = memory.bindMemory(to: Atomic<UInt64>.self, capacity: Self.cells)
        isMapped = true
    }

    deinit {
        if isMapped { munmap(memory, Self.cells * MemoryLayout<UInt64>.stride) } else { memory.deallocate() }
    }

    var salt: String { "\(cells[1].load(ordering: .relaxed)) \(cells[2].load(ordering: .relaxed))" }

    // MARK: Marks: an owner, 0 where there is none, and a key

    /// Where the mark is; `nil` where there is no room. Where there is none otherwise, that of an owner that `isDead` is taken.
    func mark(_ key: UInt64, owner: UInt64, isDead: (UInt64) -> Bool) -> Int? {
        if let index = markFree(key, owner) { return index }
        var known: Set<UInt64> = []
        for index in markIndices {
            let present = cells[index].load(ordering: .relaxed)
            guard present != 0, known.insert(present).inserted, isDead(present) else { continue }
            forget(present)
            if let index = markFree(key, owner) { return index }
        }
        return nil
    }

    private func markFree(_ key: UInt64, _ owner: UInt64) -> Int? {
        let start = Int(key % UInt64(Self.marks))
        for step in 0..<Self.marks {
            let index = Self.headerCells + 2 * ((start + step) % Self.marks)
            guard cells[index].load(ordering: .relaxed) == 0,
                cells[index].compareExchange(expected: 0, desired: owner, ordering: .acquiring).exchanged
            else { continue }
            cells[index + 1].store(key, ordering: .releasing)
            return index
        }
        return nil
    }

    func unmark(_ index: Int) {
        cells[index + 1].store(0, ordering: .releasing)
        cells[index].store(0, ordering: .releasing)
    }

    /// Takes away the marks of dead owners that left one of this key, and tells how many owners left no other one: what
    /// left several may have died of any, or of none.
    func takeMarks(of key: UInt64, where isDead: (UInt64) -> Bool) -> Int {
        var count = 0
        for index in markIndices where cells[index + 1].load(ordering: .acquiring) == key {
            let owner = cells[index].load(ordering: .acquiring)
            guard owner != 0, isDead(owner) else { continue }
            guard markIndices.allSatisfy({ $0 == index || cells[$0].load(ordering: .acquiring) != owner }) else {
                forget(owner)
                continue
            }
            // Not if somebody has just forgotten the others: then this one has no key any more.
            guard cells[index + 1].load(ordering: .acquiring) == key,
                cells[index].compareExchange(expected: owner, desired: 0, ordering: .acquiringAndReleasing).exchanged
            else { continue }
            count += 1
        }
        return count
    }

    /// Takes away all marks of a dead owner: first the keys, so that none of them is ever taken for its only one.
    private func forget(_ owner: UInt64) {
        let own = markIndices.filter { cells[$0].load(ordering: .acquiring) == owner }
        for index in own { cells[index + 1].store(0, ordering: .releasing) }
        for index in own {
            _ = cells[index].compareExchange(expected: owner, desired: 0, ordering: .acquiringAndReleasing)
        }
    }

    private var markIndices: StrideTo<Int> {
        stride(from: Self.headerCells, to: Self.headerCells + 2 * Self.marks, by: 2)
    }

    // MARK: Deaths: in one number what is left of the key, how many, and until when they are remembered

    func deaths(of key: UInt64, at now: UInt64) -> UInt64 {
        places(of: key).reduce(0) { most, index in
            let record = Record(cells[index].load(ordering: .relaxed))
            return record.isOf(key) && record.holds(at: now) ? max(most, record.deaths) : most
        }
    }

    func addDeath(of key: UInt64, at now: UInt64, for seconds: UInt64) {
        // Another process may be quicker each time; it has counted a death itself then.
        for _ in 0..<Self.places {
            let present = places(of: key).map { (index: $0, number: cells[$0].load(ordering: .relaxed)) }
            let own = present.first { Record($0.number).isOf(key) && Record($0.number).holds(at: now) }
            let forgotten = present.min { Record($0.number).end(at: now) < Record($1.number).end(at: now) }
            guard let place = own ?? forgotten else { return }
            let before = own.map { Record($0.number).deaths } ?? 0
            let record = Record(key, deaths: min(Self.mostDeaths, before + 1), end: now + seconds)
            if cells[place.index].compareExchange(
                expected: place.number, desired: record.number, ordering: .relaxed
            ).exchanged {
                return
            }
        }
    }

    private func places(of key: UInt64) -> Range<Int> {
        let first = Self.headerCells + 2 * Self.marks + Int(key >> 1 % UInt64(Self.sets)) * Self.places
        return first..<(first + Self.places)
    }

    /// 32 bits of the key, 2 of a count, 30 of a time.
    private struct Record {
        let number: UInt64
        private static let timeMask: UInt64 = 1 << 30 - 1
        /// The clock was turned back if it ends later than this.
        private static let longest: UInt64 = 86_400

        init(_ number: UInt64) {
            self.number = number
        }

        init(_ key: UInt64, deaths: UInt64, end: UInt64) {
            let time = end > QuarantineMemory.epoch ? min(Self.timeMask, end - QuarantineMemory.epoch) : 0
            number = key & ~0xFFFF_FFFF | deaths << 30 | time
        }

        var deaths: UInt64 { number >> 30 & 0b11 }
        private var end: UInt64 { number & Self.timeMask + QuarantineMemory.epoch }

        func isOf(_ key: UInt64) -> Bool { number >> 32 == key >> 32 }
        func holds(at now: UInt64) -> Bool { deaths > 0 && end > now && end <= now + Self.longest }
        /// 0 where it is forgotten already.
        func end(at now: UInt64) -> UInt64 { holds(at: now) ? end : 0 }
    }
}
