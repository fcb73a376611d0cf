import CLinux
import Glibc

/// The service manager that has started this process and wants to hear how it does, if there is one (systemd:
/// sd_notify(3)).
package struct ServiceManager: Sendable {
    package enum News: Sendable, Equatable {
        /// What was asked for is there. Saying it again changes nothing.
        case ready
        case stopping
        /// One line for people.
        case status(String)

        var line: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            // A line break would begin another assignment.
            case .status(let text): "STATUS=" + String(text.map { $0.isNewline ? " " : $0 })
            }
        }
    }

    /// Where it listens: a socket's path, or an abstract name behind `@`.
    private static let variable = "NOTIFY_SOCKET"
    /// How long its socket may be full.
    private static let patience = timeval(tv_sec: 1, tv_usec: 0)

    private let address: String?

    package init(environment: [String: String]) {
        address = environment[Self.variable]
    }

    /// `environment` for a child that the service manager does not know.
    package static func removed(from environment: [String: String]) -> [String: String] {
        environment.filter { $0.key != variable }
    }

    /// Tells it all of `news` at once. Nobody there, or not listening, is no error: the service is what matters.
    package func tell(_ news: [News]) {
        guard let address, let (name, length) = Self.socketAddress(address) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var patience = Self.patience
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let text = [UInt8](news.map(\.line).joined(separator: "\n").utf8)
        withUnsafePointer(to: name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), generic, length)
            }
        }
    }

    /// `nil` for what is neither a path nor an abstract name, or too long for the kernel (unix(7)).
    private static func socketAddress(_ text: String) -> (sockaddr_un, socklen_t)? {
        guard text.hasPrefix("/") || text.hasPrefix("@"), text.utf8.count > 1 else { return nil }
        var bytes = [UInt8](text.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A path ends with a zero, an abstract name with the length.
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let isPath = bytes[0] != 0
        let before = MemoryLayout.size(ofValue: address.sun_family)
        return (address, socklen_t(before + bytes.count + (isPath ? 1 : 0)))
    }
}
