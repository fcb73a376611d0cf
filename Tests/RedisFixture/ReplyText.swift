package import Redis

extension Reply {
    /// A bulk string or a status as text.
    package var text: String {
        withBytes { bytes in bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    }
}
