import Glibc

/// An address of IPv4 or IPv6, without its port. One of IPv4 is the same over either.
struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    private static let anyBytes: [[UInt8]] = [.init(repeating: 0, count: 4), .init(repeating: 0, count: 16)]

    private static let loopbackV6 = [UInt8](repeating: 0, count: 15) + [1]

    /// In network order: 4 or 16.
    private let bytes: [UInt8]

    /// `nil` for what is no literal address, as `10.0.0.1` or `fd00::1`.
    init?(_ text: some StringProtocol) {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, String(text), &four) == 1 {
            bytes = withUnsafeBytes(of: four) { [UInt8]($0) }
        } else if inet_pton(AF_INET6, String(text), &six) == 1 {
            bytes = Self.unmapped(withUnsafeBytes(of: six) { [UInt8]($0) })
        } else {
            return nil
        }
    }

    /// `nil` for an address of another family, as that of a unix socket.
    init?(_ address: sockaddr_storage) {
        switch Int32(address.ss_family) {
        case AF_INET: bytes = Self.bytes(of: address, at: MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), count: 4)
        case AF_INET6:
            let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)
            bytes = Self.unmapped(Self.bytes(of: address, at: offset, count: 16))
        default: return nil
        }
    }

    private static func bytes(of address: sockaddr_storage, at offset: Int?, count: Int) -> [UInt8] {
        withUnsafeBytes(of: address) { [UInt8]($0.dropFirst(offset ?? 0).prefix(count)) }
    }

    private static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: mappedPrefix) ? Array(bytes.dropFirst(mappedPrefix.count)) : bytes
    }

    var isLoopback: Bool { bytes.count == 4 ? bytes[0] == 127 : bytes == Self.loopbackV6 }

    /// Whether it stands for all of the host's own.
    var isAny: Bool { Self.anyBytes.contains(bytes) }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return ""
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
