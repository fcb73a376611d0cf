import Glibc

/// The server's side of one connection.
struct Connection {
    let descriptor: Int32
    private var unread: [UInt8] = []

    private static let longestHead = 1 << 20

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Path and headers of the next request; `nil` at the end. Whoever speaks TLS is answered with something else.
    mutating func nextRequest() -> (path: String, headers: [String: String])? {
        while true {
            let text = String(decoding: unread, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                unread = Array(text[end.upperBound...].utf8)
                return Self.parse(text[..<end.lowerBound])
            }
            guard unread.count < Self.longestHead, receive() else { return nil }
            if unread.first == 0x16 {
                _ = send("this is not TLS\r\n")
                return nil
            }
        }
    }

    /// `false`: the connection is to be closed.
    func perform(_ action: Action) -> Bool {
        switch action {
        case .send(let text): return send(text)
        case .flood(let text):
            while send(text) {}
            return false
        case .drip(let text, let milliseconds):
            while send(text) { usleep(milliseconds * 1000) }
            return false
        case .silence:
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
            return false
        case .close: return false
        }
    }

    private static func parse(_ head: Substring) -> (String, [String: String])? {
        let lines = head.split(separator: "\r\n")
        guard let parts = lines.first?.split(separator: " "), parts.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            headers[pair[0].lowercased()] = pair.count == 2 ? String(pair[1].drop { $0 == " " }) : ""
        }
        return (String(parts[1]), headers)
    }

    private mutating func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer.prefix(count)
        return true
    }

    private func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

extension String {
    fileprivate func range(of other: String) -> Range<String.Index>? {
        ranges(of: other).first
    }
}
