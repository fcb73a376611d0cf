import Glibc
import HTTPRules

/// The listening socket that all workers of a host share.
///
/// It is never blocking, since several workers wait for the same connection and all but one come too late.
package struct Listener: Sendable {
    /// Connections that may wait to be accepted (design §5); the kernel's `somaxconn` bounds it too.
    private static let backlog: Int32 = 4096

    /// Open until the process ends: workers inherit it.
    package let descriptor: Int32
    /// Who may connect over the network; `nil`: whoever can.
    package var webServers: WebServers?

    /// Opens a socket at `address`. A unix socket's file is replaced if it is there, and is for this user alone; any
    /// other file stays, and is an error.
    package init(_ address: ListenAddress) throws(FastCGIError) {
        switch address {
        case .unix(let path): descriptor = try Self.bindUnix(path)
        case .tcp(let host, let port): descriptor = try Self.bindTCP(host, port)
        }
        guard listen(descriptor, Self.backlog) == 0 else {
            let error = FastCGIError.system(call: "listen", errno: errno)
            close(descriptor)
            throw error
        }
    }

    /// Takes over a socket that listens already: inherited, or handed over by systemd or spawn-fcgi.
    ///
    /// `nil` if the descriptor is no listening socket.
    package init?(inherited descriptor: Int32) {
        var listens: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens != 0 else { return nil }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        self.descriptor = descriptor
    }

    /// Whether it accepts from other hosts.
    package var isOnNetwork: Bool { networkAddress.map { !$0.isLoopback } ?? false }

    /// `nil` if it is a unix socket.
    var networkAddress: IPAddress? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return named == 0 ? IPAddress(socket: address) : nil
    }

    private static func bindUnix(_ path: String) throws(FastCGIError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { throw .pathTooLong(path) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = try open(AF_UNIX)
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        let mask = umask(0o177)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let code = errno
        umask(mask)
        guard bound == 0 else {
            close(descriptor)
            throw .system(call: "bind \(path)", errno: code)
        }
        return descriptor
    }

    private static func bindTCP(_ host: String, _ port: UInt16) throws(FastCGIError) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else {
            throw .badAddress("\(host):\(port)")
        }
        defer { freeaddrinfo(found) }
        let descriptor = try open(found.pointee.ai_family)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
            let code = errno
            close(descriptor)
            throw .system(call: "bind \(host):\(port)", errno: code)
        }
        return descriptor
    }

    private static func open(_ family: Int32) throws(FastCGIError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
        return descriptor
    }
}
