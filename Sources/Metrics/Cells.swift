import Glibc
import Synchronization

/// Memory of numbers that several processes add to, none of which waits for another.
///
/// The pointers are `nonisolated(unsafe)`: they never change, and what they point to is atomic.
final class Cells: Sendable {
    nonisolated(unsafe) private let memory: UnsafeMutableRawPointer
    nonisolated(unsafe) private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    /// Bytes of the mapping; `nil` if there is none.
    private let mapped: Int?
    /// A cache line.
    private static let alignment = 64

    /// Memory of this process alone, all 0.
    init(count: Int) {
        let bytes = count * MemoryLayout<UInt64>.stride
        memory = .allocate(byteCount: bytes, alignment: Self.alignment)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        cells = memory.bindMemory(to: Atomic<UInt64>.self, capacity: count)
        mapped = nil
    }

    /// Maps `count` cells of a file that has them `offset` bytes after its beginning. The file may be closed and
    /// deleted afterwards; it must not be cut.
    init(count: Int, at offset: Int, of file: borrowing Descriptor) throws(MetricsError) {
        let bytes = offset + count * MemoryLayout<UInt64>.stride
        guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.number, 0), memory != MAP_FAILED
        else { throw MetricsError(call: "mmap", errno: errno) }
        self.memory = memory
        cells = (memory + offset).bindMemory(to: Atomic<UInt64>.self, capacity: count)
        mapped = bytes
    }

    deinit {
        if let mapped { munmap(memory, mapped) } else { memory.deallocate() }
    }

    func add(_ amount: UInt64, at index: Int) {
        cells[index].wrappingAdd(amount, ordering: .relaxed)
    }

    func set(_ value: UInt64, at index: Int) {
        cells[index].store(value, ordering: .relaxed)
    }

    subscript(index: Int) -> UInt64 { cells[index].load(ordering: .relaxed) }
}
