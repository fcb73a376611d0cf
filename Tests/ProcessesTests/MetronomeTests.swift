import Deadlines
import Glibc
import Processes
import Testing

@Suite(.serialized)
struct MetronomeTests {
    @Test func `It wakes on each processor as long as it shall, and no longer`() throws {
        let processors = ProcessorGrant.allowed
        let metronome = Metronome(processors: processors, count: 1)
        let threads = try metronome.start()
        #expect(threads.count == processors)
        #expect(eventually(10) { Self.processors.count == processors })

        metronome.beat(true)
        let before = Self.wakes
        #expect(eventually(10) { zip(Self.wakes, before).allSatisfy { $0 > $1 + 10 } })

        metronome.beat(false)
        // Until each has come back from its last pause.
        #expect(
            eventually(10) {
                let wakes = Self.wakes
                usleep(20_000)
                return Self.wakes == wakes
            })
        metronome.beat(true)
        metronome.stop()
        metronome.beat(true)
        for thread in threads { thread.join() }
        // A thread is joined before the kernel has taken it out of the list.
        #expect(eventually(10) { Self.tasks.isEmpty })
    }

    @Test func `One that is stopped before it has begun ends`() throws {
        let metronome = Metronome(processors: 1, count: 4)
        metronome.stop()
        for thread in try metronome.start() { thread.join() }
    }

    @Test(arguments: [
        ("6.1.0-41-amd64", KernelVersion(6, 1)), ("6.18.44-fc-v595", KernelVersion(6, 18)),
        ("6.6", KernelVersion(6, 6)), ("5.15.167.4-microsoft-standard-WSL2", KernelVersion(5, 15)),
        ("7.0-rc1", KernelVersion(7, 0)), ("6", nil), ("", nil), ("x.y", nil), ("6.x", nil),
    ])
    func `A release begins with its version`(release: String, version: KernelVersion?) {
        #expect(KernelVersion(release: release) == version)
    }

    @Test func `Versions are in order`() {
        #expect(KernelVersion(6, 1) < KernelVersion(6, 18))
        #expect(KernelVersion(5, 19) < KernelVersion(6, 0))
        #expect(KernelVersion.current != nil)
    }

    // MARK: What the kernel says of its threads

    private static var tasks: [String] {
        let folder = "/proc/self/task"
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            names.append("\(folder)/\(String(decoding: bytes, as: UTF8.self))")
        }
        return names.filter { line(of: "\($0)/status", "Name:") == "metronome" }.sorted()
    }

    private static var wakes: [Int] {
        tasks.map { Int(line(of: "\($0)/status", "voluntary_ctxt_switches:") ?? "") ?? 0 }
    }

    /// On which they may run, each on one.
    private static var processors: Set<Int> {
        Set(tasks.compactMap { line(of: "\($0)/status", "Cpus_allowed_list:").flatMap { Int($0) } })
    }

    private static func line(of path: String, _ name: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix(name) else { continue }
            return String(text.dropFirst(name.count).filter { !$0.isWhitespace })
        }
        return nil
    }

    private func eventually(_ seconds: Int, _ condition: () -> Bool) -> Bool {
        let deadline = Deadline(in: .seconds(seconds))
        while !condition() {
            if deadline.hasPassed { return false }
            usleep(5_000)
        }
        return true
    }
}
