import Deadlines
import Delivery
import Glibc
import Processes
import RenderJobs
import Testing

/// Whether a picture can be made at all: what a worker wants to know before it accepts requests.
struct RenderProofTests {
    @Test func `A render process that works is proof`() throws {
        let renders = try Renders(of: Renders.program)
        try renders.prove(within: .seconds(20))
    }

    @Test(arguments: ["/nowhere/apus-render", "/bin/false", "/bin/true"])
    func `A program that is none is not`(_ program: String) throws {
        let renders = try Renders(of: program)
        #expect(throws: RenderPoolError.self) { try renders.prove(within: .milliseconds(300)) }
    }

    @Test func `One that never answers is not, and does not hold anybody up`() throws {
        let folder = try TemporaryFolder()
        try folder.write("silent", [UInt8]("#!/bin/sh\nexec sleep 600\n".utf8))
        chmod(folder.path + "/silent", 0o700)
        let renders = try Renders(of: folder.path + "/silent")
        // It has not said what it has given up, so no job is given to it.
        #expect(throws: RenderPoolError.noneFree) { try renders.prove(within: .milliseconds(200)) }
        #expect(throws: RenderPoolError.outOfTime) { try renders.awaitStart(within: .milliseconds(200)) }
    }

    @Test func `Programs that die at their start are not waited for`() throws {
        let renders = try Renders(of: "/bin/false")
        #expect(throws: RenderPoolError.crashed) { try renders.awaitStart(within: .seconds(60)) }
    }

    @Test func `A start is awaited, and not twice`() throws {
        let renders = try Renders(of: Renders.program)
        try renders.awaitStart(within: .seconds(60))
        try renders.awaitStart(within: .zero)
    }
}

/// A pool of one render process, stopped when the object is gone.
private final class Renders {
    private let folder: TemporaryFolder
    private let pool: RenderPool
    private let keeper: WorkThread

    init(of program: String) throws {
        folder = try TemporaryFolder()
        pool = RenderPool(
            program: program, directory: folder.path,
            environment: ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"], count: 1)
        keeper = try pool.start()
    }

    deinit {
        pool.stop()
        keeper.join()
    }

    static var program: String {
        let program = ThisProcess.programPath(of: CommandLine.arguments[0])
        return program[...(program.lastIndex(of: "/") ?? program.startIndex)] + "apus-render"
    }

    func awaitStart(within limit: Duration) throws(RenderPoolError) {
        try pool.awaitStart(until: Deadline(in: limit))
    }

    func prove(within limit: Duration) throws(RenderPoolError) {
        try RenderProof(of: pool).make(until: Deadline(in: limit))
    }
}
