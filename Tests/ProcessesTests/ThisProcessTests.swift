import Deadlines
import Glibc
import Processes
import Testing

/// What a process asks of the kernel for itself.
struct ThisProcessTests {
    @Test func `The path of the program is a file that runs`() {
        let path = ThisProcess.programPath(of: "invocation")
        #expect(path.hasPrefix("/"))
        #expect(access(path, X_OK) == 0)
    }

    @Test func `Only the real parent is waited for`() throws {
        #expect(ThisProcess.endWithParent(getppid(), signal: 0))
        #expect(!ThisProcess.endWithParent(getppid() + 1, signal: 0))
    }

    @Test func `A thread has its name`() throws {
        let name = Monitor("")
        try WorkThread(named: "a-name-that-is-too-long") {
            var line = [CChar](repeating: 0, count: 64)
            guard let file = fopen("/proc/thread-self/comm", "re") else { return }
            defer { fclose(file) }
            fgets(&line, Int32(line.count), file)
            name.withLock { $0 = String(decoding: line.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self) }
        }.join()
        #expect(name.withLock { $0 } == "a-name-that-is-")
    }
}
