import Glibc

/// A call of the system that a test cannot do without has failed.
package struct SystemFailure: Error {
    package let call: String
    package let errno: Int32

    package init(call: String, errno: Int32) {
        self.call = call
        self.errno = errno
    }
}

package enum LoopbackSocket {
    /// A socket bound to a free port of 127.0.0.1, not listening: connections to it are refused.
    package static func bound() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemFailure(call: "socket", errno: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw SystemFailure(call: "bind", errno: errno)
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A socket whose connections the system makes and nobody reads from.
    package static func listening() throws -> (descriptor: Int32, port: Int) {
        let (descriptor, port) = try bound()
        guard listen(descriptor, 64) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw SystemFailure(call: "listen", errno: code)
        }
        return (descriptor, port)
    }

    /// Gives the port up.
    package static func close(_ descriptor: Int32) {
        Glibc.close(descriptor)
    }
}
