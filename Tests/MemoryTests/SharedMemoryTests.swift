import Glibc
import Memory
import Testing

extension SharedMemoryWriter {
    fileprivate mutating func append(bytes: [UInt8]) throws(SharedMemoryError) {
        try append(bytes.span.bytes)
    }
}

@Suite("Shared memory")
struct SharedMemoryTests {
    @Test("Gives back what was appended, piece by piece")
    func pieces() throws {
        var writer = try SharedMemoryWriter(maximum: 10)
        for piece in [[1, 2, 3], [], [4], [5, 6, 7, 8, 9, 10]] as [[UInt8]] { try writer.append(piece.span.bytes) }
        #expect(writer.count == 10)
        #expect(try writer.finish().copied == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }

    @Test("May be empty")
    func empty() throws {
        let memory = try SharedMemoryWriter(maximum: 0).finish()
        #expect(memory.count == 0)
        #expect(memory.copied.isEmpty)
    }

    @Test("Takes no byte more than its maximum")
    func maximum() throws {
        var writer = try SharedMemoryWriter(maximum: 4)
        try writer.append(bytes: [1, 2, 3])
        do throws(SharedMemoryError) {
            try writer.append(bytes: [4, 5])
            Issue.record("two bytes were appended where one has room")
        } catch {
            #expect(error.errno == EFBIG)
        }
        #expect(try writer.finish().copied == [1, 2, 3])
    }

    @Test("Takes many pages")
    func pages() throws {
        let chunk = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var writer = try SharedMemoryWriter(maximum: 2_000_000)
        for _ in 0..<20 { try writer.append(chunk.span.bytes) }
        let memory = try writer.finish()
        #expect(memory.count == 2_000_000)
        #expect(memory.copied.suffix(100_000) == chunk[...])
    }

    @Test("Can be changed by nobody once it is finished")
    func sealed() throws {
        var writer = try SharedMemoryWriter(maximum: 4)
        try writer.append(bytes: [1, 2, 3, 4])
        let memory = try writer.finish()
        var byte: UInt8 = 9
        #expect(pwrite(memory.descriptor, &byte, 1, 0) == -1)
        #expect(ftruncate(memory.descriptor, 1) == -1)
        #expect(ftruncate(memory.descriptor, 8) == -1)
        #expect(mmap(nil, 4, PROT_READ | PROT_WRITE, MAP_SHARED, memory.descriptor, 0) == MAP_FAILED)
        #expect(memory.copied == [1, 2, 3, 4])
    }

    @Test("Maps through a descriptor that another process could have sent")
    func adopted() throws {
        var writer = try SharedMemoryWriter(maximum: 4)
        try writer.append(bytes: [1, 2, 3, 4])
        let memory = try writer.finish()
        #expect(try SharedMemory(adopting: dup(memory.descriptor), count: 2).copied == [1, 2])
        #expect(throws: SharedMemoryError(call: "fstat", errno: EINVAL)) {
            try SharedMemory(adopting: dup(memory.descriptor), count: 5)
        }
        #expect(throws: SharedMemoryError(call: "fstat", errno: EINVAL)) {
            try SharedMemory(adopting: dup(memory.descriptor), count: -1)
        }
    }

    @Test("Refuses a file that could still change")
    func unsealed() throws {
        // A file of a disk knows no seals at all, which must not read as all of them.
        var template = Array("/var/tmp/apus-memory-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        defer { unlink(template) }
        try #require(descriptor >= 0)
        try #require(ftruncate(descriptor, 4) == 0)
        #expect(throws: SharedMemoryError(call: "F_GET_SEALS", errno: EPERM)) {
            try SharedMemory(adopting: descriptor, count: 4)
        }
    }
}
