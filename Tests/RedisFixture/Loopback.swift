import Glibc
import Synchronization

/// Sockets on 127.0.0.1.
enum Loopback {
    /// Below those that Linux gives to outgoing connections (`ip_local_port_range`), so that none of them takes a port
    /// while the server that is to have it starts, or is down for a moment.
    private static let ports: Range<UInt16> = 10_000..<32_000
    private static let mostAttempts = 1_000
    /// Starts anywhere, because other test programs look for ports at the same time.
    private static let next = Atomic<UInt16>(UInt16.random(in: 0..<UInt16(ports.count)))

    /// A port that nobody listens on at this moment, and that this process has not had lately.
    static func freePort() throws(FixtureError) -> UInt16 {
        for _ in 0..<mostAttempts {
            let offset = Int(next.wrappingAdd(1, ordering: .relaxed).newValue) % ports.count
            let wanted = ports.lowerBound + UInt16(offset)
            if let (descriptor, port) = try? bound(to: wanted) {
                close(descriptor)
                return port
            }
        }
        throw FixtureError(call: "bind", errno: EADDRINUSE)
    }

    /// A socket bound to a free port, or to the wanted one; not listening yet.
    static func bound(to wanted: UInt16 = 0) throws(FixtureError) -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw FixtureError(call: "socket", errno: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code: Int32 = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0 else {
                    return errno
                }
                return 0
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw FixtureError(call: "bind", errno: code)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// A port that nobody listens on.
package func unusedPort() throws(FixtureError) -> UInt16 {
    try Loopback.freePort()
}
