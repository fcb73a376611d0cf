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
        #expect(throws: RenderPoolError.outOfTime) { try renders.prove(within: .milliseconds(200)) }
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
            program: program, directory: folder.path, environment: ["PATH": "/usr/bin:/bin"], count: 1)
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

    func prove(within limit: Duration) throws(RenderPoolError) {
        try RenderProof(of: pool).make(until: Deadline(in: limit))
    }
}
