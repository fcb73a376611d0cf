import Glibc
import Processes

/// What a supervisor hands to the newer program that takes its place in the same process: the socket and the children.
struct Inheritance {
    private static let variable = "APUS_INHERITANCE"

    /// The number of the listening socket.
    let listener: Int32
    /// Workers of the program before.
    let workers: [ChildProcess]

    /// What the program before has left; taken out of the environment, so that nobody else finds it.
    static func taken() -> Inheritance? {
        guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
        unsetenv(variable)
        let numbers = text.split(separator: " ").compactMap { Int32($0) }
        guard let listener = numbers.first else { return nil }
        // Children must not get it but where they are given it.
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        return Inheritance(listener: listener, workers: numbers.dropFirst().map(ChildProcess.init(adopting:)))
    }

    /// Becomes the program at `path`. Returns only if that failed; nothing has changed then.
    func become(_ path: String, arguments: [String]) -> ProcessError {
        let numbers = [listener] + workers.map(\.id)
        setenv(Self.variable, numbers.map(String.init).joined(separator: " "), 1)
        _ = fcntl(listener, F_SETFD, 0)
        withCStrings([path] + arguments) { _ = execv(path, $0) }
        let error = ProcessError(call: "execv \(path)", errno: errno)
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        unsetenv(Self.variable)
        return error
    }
}
