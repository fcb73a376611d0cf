import Glibc

/// A program that a test starts, stops and kills, always by its own process id.
final class ServerProcess: @unchecked Sendable {
    private let program: String
    private let arguments: [String]
    /// Guarded by being used from the one thread that runs the test.
    private var process: pid_t = 0

    /// - Parameter arguments: without the program's name.
    init(_ program: String, _ arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    deinit {
        kill()
    }

    func start() throws(FixtureError) {
        process = try Spawn.run(program, [program] + arguments)
    }

    /// Ends the program at once, as a crash would.
    func kill() {
        guard process > 0 else { return }
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        process = 0
    }

    /// Stops the program without closing anything.
    func hang() {
        guard process > 0 else { return }
        Glibc.kill(process, SIGSTOP)
        var status: Int32 = 0
        waitpid(process, &status, WUNTRACED)
    }

    func goOn() {
        guard process > 0 else { return }
        Glibc.kill(process, SIGCONT)
    }
}
