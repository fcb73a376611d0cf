import Glibc

/// The server's side of one connection.
struct Connection {
    let descriptor: Int32
    private var unread: [UInt8] = []

    private static let longestHead = 1 << 20
    private static let longestBody = 1 << 26

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The next request, on the connection of that number; `nil` at the end. Whoever speaks TLS is answered with something
    /// else.
    mutating func nextRequest(_ number: Int) -> HostileOrigin.Request? {
        guard let head = nextHead(), let parsed = Self.parse(head) else { return nil }
        let (method, path, headers) = parsed
        guard let body = nextBody(count: headers["content-length"].flatMap { Int($0) } ?? 0) else { return nil }
        return HostileOrigin.Request(method: method, path: path, headers: headers, body: body, connection: number)
    }

    private mutating func nextHead() -> String? {
        var searched = 0
        while true {
            let end = Array("\r\n\r\n".utf8)
            while searched + end.count <= unread.count {
                if unread[searched..<(searched + end.count)].elementsEqual(end) {
                    defer { unread.removeFirst(searched + end.count) }
                    return String(decoding: unread[..<searched], as: UTF8.self)
                }
                searched += 1
            }
            guard unread.count < Self.longestHead, receive() else { return nil }
            if unread.first == 0x16 {
                _ = send(Array("this is not TLS\r\n".utf8))
                return nil
            }
        }
    }

    private mutating func nextBody(count: Int) -> [UInt8]? {
        guard (0...Self.longestBody).contains(count) else { return nil }
        while unread.count < count {
            guard receive() else { return nil }
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    /// `false`: the connection is to be closed.
    func perform(_ action: Action) -> Bool {
        switch action {
        case .send(let text): return send(Array(text.utf8))
        case .sendBytes(let bytes): return send(bytes)
        case .flood(let text):
            while send(Array(text.utf8)) {}
            return false
        case .drip(let text, let milliseconds):
            while send(Array(text.utf8)) { usleep(milliseconds * 1000) }
            return false
        case .call(let body):
            body()
            return true
        case .silence:
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
            return false
        case .close: return false
        case .reset:
            var lingering = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
            return false
        }
    }

    private static func parse(_ head: String) -> (method: String, path: String, headers: [String: String])? {
        let lines = head.split(separator: "\r\n")
        guard let parts = lines.first?.split(separator: " "), parts.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            headers[pair[0].lowercased()] = pair.count == 2 ? String(pair[1].drop { $0 == " " }) : ""
        }
        return (String(parts[0]), String(parts[1]), headers)
    }

    private mutating func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer.prefix(count)
        return true
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
