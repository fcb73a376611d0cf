import Glibc

/// Sockets on 127.0.0.1.
enum Loopback {
    /// A port that nobody listens on at this moment.
    static func freePort() throws(FixtureError) -> UInt16 {
        let (descriptor, port) = try bound()
        close(descriptor)
        return port
    }

    /// A socket bound to a free port; not listening yet.
    static func bound() throws(FixtureError) -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw FixtureError(call: "socket", errno: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
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
