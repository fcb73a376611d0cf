import Deadlines
import Glibc
import Memory
import Processes
import RenderJobs

/// A pool of the real render processes, in a folder of its own by which they can be told from those of other tests.
final class TestPool: Sendable {
    let pool: RenderPool
    private let directory: String
    private let keeper: WorkThread
    private let isStopped = Monitor(false)

    /// - Parameters:
    ///   - hasFastProcess: whether there is one more for the fast lane.
    ///   - memory: bytes that jobs may hold together.
    ///   - waiting: jobs that may wait in all lanes.
    init(
        processes: Int, hasFastProcess: Bool = false, memory: Int = .max, waiting: Int = 128,
        program: String = TestPool.program, settings: RenderSettings = RenderSettings(),
        environment: [String: String] = [:], metronome: Metronome? = nil
    ) throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array((parent + "/apus-render-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw ProcessError(call: "mkdtemp", errno: errno) }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        var admission = RenderAdmission()
        (admission.hasFastProcess, admission.memory, admission.waiting) = (hasFastProcess, memory, waiting)
        pool = RenderPool(
            program: program, directory: directory,
            environment: environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }, count: processes,
            settings: settings, admission: admission, metronome: metronome)
        keeper = try pool.start()
    }

    deinit { stop() }

    func stop() {
        let first = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard first else { return }
        pool.stop()
        keeper.join()
        removeFolder()
    }

    /// `apus-render` of the build that these tests belong to.
    static var program: String {
        let path = ThisProcess.programPath(of: CommandLine.arguments[0])
        return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/apus-render"
    }

    /// The process ids of this pool's render processes. One that has ended and is not collected yet has no command line.
    var processes: [Int32] { Self.children.filter { Self.text("/proc/\($0)/cmdline").contains(directory) } }

    private static var children: [Int32] {
        entries(of: "/proc").compactMap { Int32($0) }.filter { parent(of: $0) == getpid() }
    }

    /// The one that is for the fast lane alone; `nil` before it is there.
    var fastProcess: Int32? {
        processes.first { Self.text("/proc/\($0)/cmdline").contains(" \(RenderPriority.favoured.rawValue) ") }
    }

    private func removeFolder() {
        let modules = directory + "/vips"
        for parent in Self.entries(of: modules) {
            for folder in Self.entries(of: "\(modules)/\(parent)") {
                unlink("\(modules)/\(parent)/\(folder)/vips-heif.so")
                rmdir("\(modules)/\(parent)/\(folder)")
            }
            unlink("\(modules)/\(parent)/vips-heif.so")
            rmdir("\(modules)/\(parent)")
        }
        rmdir(modules)
        rmdir(directory)
    }
}

extension TestPool {
    /// Ticks of processor time that a process has used.
    static func ticks(of id: Int32) -> Int {
        let fields = fields(of: id)
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }

    private static func parent(of id: Int32) -> Int32? {
        let fields = fields(of: id)
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    /// proc(5): the fields of `stat` behind the name, which may itself hold spaces.
    private static func fields(of id: Int32) -> [Substring] {
        let line = text("/proc/\(id)/stat")
        guard let end = line.lastIndex(of: ")") else { return [] }
        return line[line.index(after: end)...].split(separator: " ")
    }

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count).map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }

    private static func entries(of folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}

/// Waits until `condition` holds; false if it does not within half a minute.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = Deadline(in: .seconds(30))
    while !deadline.hasPassed {
        if condition() { return true }
        usleep(2_000)
    }
    return condition()
}

/// A picture as portable text: an SVG of coloured squares, which costs what its size on the way out costs.
func original(_ text: String) throws -> SharedMemory { try original(Array(text.utf8)) }

func original(_ bytes: [UInt8]) throws -> SharedMemory {
    var writer = try SharedMemoryWriter(maximum: 10_000_000)
    try writer.append(bytes.span.bytes)
    return try writer.finish()
}

let squares = """
    <svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect width="32" height="48" fill="#f00"/></svg>
    """

/// Speckles that no encoder finds easy.
let speckles = """
    <svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><filter id="f"><feTurbulence baseFrequency="0.9"/>\
    </filter><rect width="64" height="64" filter="url(#f)"/></svg>
    """

/// A picture on a page, of which there is nothing but its size.
func page(picture side: Int) -> String {
    """
    %PDF-1.4
    1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
    2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
    3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 64 64]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>> endobj
    4 0 obj <</Length 23>> stream
    64 0 0 64 0 0 cm /I Do
    endstream endobj
    5 0 obj <</Type/XObject/Subtype/Image/Width \(side)/Height \(side)/ColorSpace/DeviceGray/BitsPerComponent 8\
    /Length 0>> stream

    endstream endobj
    trailer <</Root 1 0 R>>
    """
}

/// A grey picture of 100 x 100 pixels with as many tags that nobody knows (TIFF 6.0, section 2), which all are the same
/// bytes of the file: a reader that keeps each of them needs many times of it.
func tiff(tags: Int, ofBytes length: Int) -> [UInt8] {
    func short(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
    func long(_ value: Int) -> [UInt8] { short(value) + short(value >> 16) }
    let (pixels, start) = (10_000, 8)
    let known = [
        (256, 100), (257, 100), (258, 8), (259, 1), (262, 1), (273, start), (277, 1), (278, 100), (279, pixels),
    ]
    var directory = short(known.count + tags)
    for (tag, value) in known { directory += short(tag) + short(4) + long(1) + long(value) }
    for tag in 0..<tags { directory += short(40_000 + tag) + short(7) + long(length) + long(start + pixels) }
    let body = [UInt8](repeating: 65, count: pixels + length)
    return Array("II".utf8) + short(42) + long(start + body.count) + body + directory + long(0)
}

func job(
    _ plan: String, of original: SharedMemory, within duration: Duration = .seconds(120)
) -> RenderJob {
    RenderJob(
        plan: plan, rasterisesSVG: true,
        limits: RenderJob.Limits(
            sourcePixels: 100_000_000, outputPixels: 50_000_000, frames: 200, documentBytes: 5_000_000),
        deadline: Deadline(in: duration), originalCount: original.count)
}
