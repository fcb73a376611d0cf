import Glibc
import HTTPRules

extension IPAddress {
    /// Who is at the other end of a socket, or what it listens on; one of IPv4 is the same over either. `nil` for an
    /// address of another family, as that of a unix socket.
    init?(socket address: sockaddr_storage) {
        let (place, count): (Int?, Int)
        switch Int32(address.ss_family) {
        case AF_INET: (place, count) = (MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4)
        case AF_INET6: (place, count) = (MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16)
        default: return nil
        }
        guard let place else { return nil }
        let bytes = withUnsafeBytes(of: address) { [UInt8]($0.dropFirst(place).prefix(count)) }
        guard let address = IPAddress(bytes: bytes) else { return nil }
        self = address.unmapped
    }

    /// Whether it stands for all of the host's own.
    var isAny: Bool { number == 0 }
}
