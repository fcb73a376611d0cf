import FastCGI
import Glibc
import Testing

/// Where slots listen.
struct ListenerTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let address: ListenAddress?
        var testDescription: String { text.isEmpty ? "nothing" : String(text.prefix(60)) }
    }

    private static let longest = "/" + String(repeating: "a", count: 106)

    @Test(arguments: [
        Case(text: "unix:/run/apus.sock", address: .unix(path: "/run/apus.sock")),
        Case(text: "unix:" + longest, address: .unix(path: longest)),
        Case(text: "127.0.0.1:9000", address: .tcp(host: "127.0.0.1", port: 9000)),
        Case(text: "[::1]:9000", address: .tcp(host: "::1", port: 9000)),
        Case(text: "0.0.0.0:65535", address: .tcp(host: "0.0.0.0", port: 65_535)),
        Case(text: "", address: nil),
        Case(text: "unix:", address: nil),
        Case(text: "unix:relative", address: nil),
        Case(text: "unix:/a\0b", address: nil),
        Case(text: ":9000", address: nil),
        Case(text: "[]:9000", address: nil),
        Case(text: "127.0.0.1", address: nil),
        Case(text: "127.0.0.1:", address: nil),
        Case(text: "127.0.0.1:65536", address: nil),
        Case(text: "127.0.0.1:-1", address: nil),
        Case(text: "127.0.0.1:http", address: nil),
        Case(text: "/run/apus.sock", address: nil),
    ])
    func `An address is read or refused`(example: Case) {
        #expect((try? ListenAddress(example.text)) == example.address)
    }

    @Test func `A path that is too long is told apart`() {
        let path = Self.longest + "a"
        #expect(throws: FastCGIError.pathTooLong(path)) { try ListenAddress("unix:" + path) }
        #expect(throws: FastCGIError.pathTooLong(path)) { try Listener(.unix(path: path)) }
    }

    @Test func `A name is no address`() {
        #expect(throws: FastCGIError.badAddress("localhost:9000")) {
            try Listener(.tcp(host: "localhost", port: 9000))
        }
    }

    @Test func `A socket file that was left behind is replaced, and is for this user alone`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/socket"
        close(try Listener(.unix(path: path)).descriptor)
        let listener = try Listener(.unix(path: path))
        defer { close(listener.descriptor) }
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode == S_IFSOCK | 0o600)
        let worker = try Worker(on: listener) { _ in [1] }
        #expect(try WebServer(to: listener).ask([]).body.elementsEqual([1]))
        worker.stop()
    }

    @Test func `A file that is no socket stays`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: FastCGIError.system(call: "bind \(path)", errno: EADDRINUSE)) {
            try Listener(.unix(path: path))
        }
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode == S_IFREG | 0o600)
    }

    @Test func `A folder that is missing, or a port in use, is an error`() throws {
        #expect(throws: FastCGIError.system(call: "bind /nowhere/socket", errno: ENOENT)) {
            try Listener(.unix(path: "/nowhere/socket"))
        }
        let place = try Place(.tcp)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = getsockname(place.listener.descriptor, generic, &length)
            }
        }
        let port = UInt16(bigEndian: address.sin_port)
        #expect(throws: FastCGIError.self) { try Listener(.tcp(host: "127.0.0.1", port: port)) }
    }

    @Test func `A socket that somebody handed over is taken only if it listens`() throws {
        let place = try Place()
        let copy = dup(place.listener.descriptor)
        defer { close(copy) }
        #expect(fcntl(copy, F_SETFL, 0) == 0)
        let listener = try #require(Listener(inherited: copy))
        #expect(fcntl(copy, F_GETFL) & O_NONBLOCK != 0)
        let worker = try Worker(on: listener) { _ in [1] }
        #expect(try WebServer(to: listener).ask([]).body.elementsEqual([1]))
        worker.stop()

        let other = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(other) }
        #expect(Listener(inherited: other) == nil)
        #expect(Listener(inherited: -1) == nil)
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(Listener(inherited: file) == nil)
    }
}
