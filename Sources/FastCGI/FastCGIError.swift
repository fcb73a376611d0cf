/// Why a socket could not be listened on, or a slot not be made.
package enum FastCGIError: Error, Equatable, CustomStringConvertible {
    /// A unix socket's path is longer than `sockaddr_un` holds (107 bytes).
    case pathTooLong(String)
    case badAddress(String)
    /// Who may connect is not named by a literal address.
    case badWebServer(String)
    /// A call of the operating system failed.
    case system(call: String, errno: Int32)

    package var description: String {
        switch self {
        case .pathTooLong(let path): "the socket's path is longer than 107 bytes: \(path)"
        case .badAddress(let text): "not an address to listen on: \(text)"
        case .badWebServer(let text): "not the address of a web server: \(text)"
        case .system(let call, let code): "\(call): error \(code)"
        }
    }
}

/// The web server closed its connection before it had the whole answer.
package struct ClientGone: Error, Equatable {}
