import CCurl
import HTTPRules

#if canImport(Glibc)
    import Glibc
#endif

extension IPAddress {
    /// The address that libcurl is about to dial; `nil` if it is of any other kind. libcurl declares it as the short
    /// `sockaddr`, behind which the whole one lies.
    init?(dialled address: UnsafePointer<curl_sockaddr>) {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        let start = UnsafeRawPointer(address) + offset
        let length = Int(address.pointee.addrlen)
        switch address.pointee.family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let bits = start.loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(bytes: withUnsafeBytes(of: bits) { [UInt8]($0) })
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let bits = start.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.init(bytes: withUnsafeBytes(of: bits) { [UInt8]($0) })
        default:
            return nil
        }
    }
}
