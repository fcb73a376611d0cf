import Glibc

/// One address as `connect(2)` takes it.
struct SocketAddress: Sendable {
    let family: Int32
    let bytes: [UInt8]

    /// `nil` for an empty path and one that is longer than `sun_path` with its closing NUL.
    init?(path: String) {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        let text = Array(path.utf8)
        guard !text.isEmpty, text.count < room, !text.contains(0) else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
        family = AF_UNIX
        bytes = withUnsafeBytes(of: &address) { Array($0) }
    }

    private init(_ found: addrinfo) {
        family = found.ai_family
        bytes = Array(UnsafeRawBufferPointer(start: found.ai_addr, count: Int(found.ai_addrlen)))
    }

    /// Asks the system for the addresses of a host. With `AI_NUMERICHOST` it never blocks and never asks the network.
    static func resolve(_ host: String, _ port: UInt16, flags: Int32) -> Result<[SocketAddress], RedisError> {
        var hints = addrinfo()
        hints.ai_flags = flags | AI_NUMERICSERV
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(.unknownHost(code: code)) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next, addresses.count < Endpoint.mostAddresses {
            addresses.append(SocketAddress(entry.pointee))
            next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(.unknownHost(code: EAI_NONAME)) : .success(addresses)
    }
}
