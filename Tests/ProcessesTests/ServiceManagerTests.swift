import Glibc
import Processes
import Testing

/// What a service manager hears; here it is a socket of the test's own.
struct ServiceManagerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let news: [ServiceManager.News]
        let message: String

        var testDescription: String { message }
    }

    static let cases = [
        Case(news: [.ready], message: "READY=1"),
        Case(news: [.stopping], message: "STOPPING=1"),
        Case(news: [.ready, .status("2 of 2 workers")], message: "READY=1\nSTATUS=2 of 2 workers"),
        Case(news: [.status("a\nREADY=1\r\nb")], message: "STATUS=a READY=1 b"),
        Case(news: [.status("")], message: "STATUS="),
    ]

    @Test(arguments: cases) func `It is told in its own words`(_ row: Case) throws {
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(path: folder.path + "/notify")
        ServiceManager(environment: ["NOTIFY_SOCKET": folder.path + "/notify"]).tell(row.news)
        #expect(socket.next() == row.message)
        #expect(socket.next() == nil)
    }

    @Test func `Its name may be an abstract one`() throws {
        let name = "apus-test-\(getpid())"
        let socket = try NotifySocket(path: "\0" + name)
        ServiceManager(environment: ["NOTIFY_SOCKET": "@" + name]).tell([.ready])
        #expect(socket.next() == "READY=1")
    }

    @Test(arguments: [
        "", "/", "@", "relative", "/nowhere/at/all", "vsock:2:1", "/" + String(repeating: "x", count: 200),
    ])
    func `Where nobody listens nothing happens`(_ address: String) {
        ServiceManager(environment: ["NOTIFY_SOCKET": address]).tell([.ready])
        ServiceManager(environment: [:]).tell([.ready])
    }

    @Test func `Children do not know of it`() {
        let environment = ["NOTIFY_SOCKET": "/run/notify", "PATH": "/bin"]
        #expect(ServiceManager.removed(from: environment) == ["PATH": "/bin"])
    }
}

/// A socket that takes datagrams.
private final class NotifySocket {
    private let descriptor: Int32
    private let path: String

    /// - Parameter path: with a zero first for an abstract name.
    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isAbstract = path.hasPrefix("\0")
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count + (isAbstract ? 0 : 1))
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0 else { throw ProcessError(call: "bind", errno: errno) }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// The message that has come, if one has.
    func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}
