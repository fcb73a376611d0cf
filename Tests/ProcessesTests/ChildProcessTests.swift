import Deadlines
import Glibc
import Processes
import Testing

/// What a child gets, and how its end is told.
struct ChildProcessTests {
    @Test func `A child has its standard streams and what it was given`() throws {
        let kept = open("/dev/null", O_RDONLY)
        defer { close(kept) }
        // The last one is that by which the folder is listed.
        let list = "exec ls /proc/self/fd >&3"
        let few = try shell(list).output
        #expect(few == "0\n1\n2\n3\n4\n")
        let more = try shell(list, more: [kept, kept]).output
        #expect(more == "0\n1\n2\n3\n4\n5\n6\n")
    }

    /// The numbers of the source and of the target lie across each other.
    @Test(arguments: [[3, 4, 5], [5, 4, 3], [1000, 1001, 1000], [1001, 1000, 3]])
    func `Descriptors arrive in their order, whatever their numbers`(numbers: [Int32]) throws {
        // In a child of its own, where the numbers are free.
        let folder = try TemporaryFolder(["0": "zero", "1": "one", "2": "two"])
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        for (index, number) in numbers.enumerated() {
            let file = open("\(folder.path)/\(index)", O_RDONLY)
            defer { close(file) }
            // The lowest free number from there on: the number itself, if nobody else has it.
            opened.append(fcntl(file, F_DUPFD, number))
        }
        let (output, _) = try shell("cat <&4 >&3; cat <&5 >&3; cat <&6 >&3", more: opened)
        #expect(output == "zeroonetwo")
    }

    @Test func `The environment is replaced`() throws {
        setenv("APUS_TEST_SECRET", "secret", 1)
        defer { unsetenv("APUS_TEST_SECRET") }
        let (output, _) = try shell(
            "echo \"$A|$APUS_TEST_SECRET|$1|$2\" >&3", ["x y", ""], environment: ["A": "b=c d"])
        #expect(output == "b=c d||x y|\n")
    }

    @Test(arguments: [0, 1, 42, 255])
    func `An exit code is told`(code: Int32) throws {
        #expect(try shell("exit \(code)").code == code)
    }

    @Test(arguments: [SIGTERM, SIGKILL, SIGSEGV, SIGPIPE, SIGHUP])
    func `A signal is told as shells do`(signal: Int32) throws {
        #expect(try shell("kill -\(signal) $$; sleep 60").code == 128 + signal)
    }

    @Test func `Signals that we block or ignore are not the child's business`() throws {
        _ = Signals(blocking: [SIGUSR2])
        Signals.ignoreBrokenPipes()
        #expect(try shell("kill -USR2 $$; exit 0").code == 128 + SIGUSR2)
        #expect(try shell("kill -PIPE $$; exit 0").code == 128 + SIGPIPE)
    }

    @Test func `A running child has no exit code, and one that was collected is not waited for`() throws {
        let child = try ChildProcess(path: "/bin/sleep", arguments: ["600"], environment: [:])
        #expect(child.exitCode() == nil)
        child.send(SIGTERM)
        #expect(child.waitForEnd() == 128 + SIGTERM)
        #expect(child.exitCode() == 255)
        #expect(child.waitForEnd() == 255)
    }

    @Test func `A program that cannot be started is an error, and nothing is left behind`() throws {
        #expect(throws: ProcessError(call: "posix_spawn /nowhere/program", errno: ENOENT)) {
            try ChildProcess(path: "/nowhere/program", arguments: [], environment: [:])
        }
        #expect(throws: ProcessError(call: "posix_spawn /", errno: EACCES)) {
            try ChildProcess(path: "/", arguments: [], environment: [:])
        }
        #expect(throws: ProcessError(call: "posix_spawn /bin/true", errno: EBADF)) {
            try ChildProcess(path: "/bin/true", arguments: [], environment: [:], descriptors: [-1])
        }
    }

    @Test func `Strings are lent as C strings`() {
        let copies = withCStrings(["a", "", "ü"]) { pointers in
            var copies: [String] = []
            var next = pointers
            while let pointer = next.pointee {
                copies.append(String(cString: pointer))
                next += 1
            }
            return copies
        }
        #expect(copies == ["a", "", "ü"])
    }
}
