import FastCGI
import Glibc

/// The web server's side of one connection (FastCGI specification §3), written down here so that the tests do not believe
/// the code that they test.
final class WebServer {
    /// What came back for one request.
    struct Answer {
        var output: [UInt8] = []
        /// The lengths of the STDOUT records with content, in their order.
        var recordLengths: [Int] = []
        /// How many empty STDOUT records ended the stream.
        var ends = 0
        var applicationStatus: UInt32 = 1
        var protocolStatus: UInt8 = 255

        var text: String { String(decoding: output, as: UTF8.self) }
        /// The output behind the CGI header block.
        var body: ArraySlice<UInt8> {
            var lines = 0
            for (index, byte) in output.enumerated() {
                if byte == UInt8(ascii: "\n") { lines += 1 } else if byte != UInt8(ascii: "\r") { lines = 0 }
                if lines == 2 { return output[(index + 1)...] }
            }
            return []
        }
    }

    struct Failure: Error {
        let call: String
        let errno: Int32
    }

    /// Longer than anything here takes: a test that waits for it has failed.
    private static let patienceSeconds = 20

    let descriptor: Int32

    /// Connects.
    ///
    /// - Parameters:
    ///   - source: the literal address to come from; also where to connect to, if the listener is on every address.
    ///   - receiveBuffer: how many bytes the kernel may keep for us; `nil` leaves that to it.
    init(to listener: Listener, from source: String? = nil, receiveBuffer: Int32? = nil) throws {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = Self.withGeneric(&address) { getsockname(listener.descriptor, $0, &length) }
        descriptor = socket(Int32(address.ss_family), Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard named == 0, descriptor >= 0 else { throw Failure(call: "socket", errno: errno) }
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if let source { try Self.bind(descriptor, to: source, address: &address, length: length) }
        let connected = Self.withGeneric(&address) { connect(descriptor, $0, length) }
        guard connected == 0 else {
            close(descriptor)
            throw Failure(call: "connect", errno: errno)
        }
    }

    deinit { close(descriptor) }

    /// `address` is that of the listener, which is connected to.
    private static func bind(
        _ descriptor: Int32, to source: String, address: inout sockaddr_storage, length: socklen_t
    ) throws {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_family = Int32(address.ss_family)
        var found: UnsafeMutablePointer<addrinfo>?
        let port = String(port(of: address))
        guard getaddrinfo(source, "0", &hints, &found) == 0, let own = found,
            Glibc.bind(descriptor, own.pointee.ai_addr, length) == 0
        else { throw Failure(call: "bind \(source)", errno: errno) }
        freeaddrinfo(own)
        guard isOnEveryAddress(address) else { return }
        guard getaddrinfo(source, port, &hints, &found) == 0, let other = found else {
            throw Failure(call: "getaddrinfo", errno: errno)
        }
        memcpy(&address, other.pointee.ai_addr, Int(length))
        freeaddrinfo(other)
    }

    private static func port(of address: sockaddr_storage) -> UInt16 {
        // At the same place for both families, in network order.
        withUnsafeBytes(of: address) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    }

    private static func isOnEveryAddress(_ address: sockaddr_storage) -> Bool {
        let place = Int32(address.ss_family) == AF_INET ? 4..<8 : 8..<24
        return withUnsafeBytes(of: address) { $0[place].allSatisfy { $0 == 0 } }
    }

    private static func withGeneric(
        _ address: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { rest in
                Glibc.send(
                    descriptor, rest.baseAddress?.advanced(by: sent), rest.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", errno: errno) }
            sent += count
        }
    }

    /// Sends one request and reads its answer.
    func ask(_ parameters: [(String, String)], keeping: Bool = true, id: UInt16 = 1) throws -> Answer {
        try send(Records.request(parameters, keeping: keeping, id: id))
        return try receive(id: id)
    }

    /// Reads the records of one answer up to its END_REQUEST.
    func receive(id: UInt16 = 1) throws -> Answer {
        var answer = Answer()
        while true {
            let header = try read(8)
            let length = Int(header[4]) << 8 | Int(header[5])
            guard header[0] == 1, UInt16(header[2]) << 8 | UInt16(header[3]) == id else {
                throw Failure(call: "record \(header)", errno: 0)
            }
            let content = try read(length)
            _ = try read(Int(header[6]))
            switch header[1] {
            case 6 where length == 0: answer.ends += 1
            case 6:
                answer.output += content
                answer.recordLengths.append(length)
            case 3:
                answer.applicationStatus = content[0..<4].reduce(0) { $0 << 8 | UInt32($1) }
                answer.protocolStatus = content[4]
                return answer
            default: throw Failure(call: "record type \(header[1])", errno: 0)
            }
        }
    }

    /// Reads exactly that many bytes.
    func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let now = bytes.withUnsafeMutableBytes { rest in
                recv(descriptor, rest.baseAddress?.advanced(by: got), count - got, 0)
            }
            guard now > 0 else { throw Failure(call: "recv \(now)", errno: now == 0 ? 0 : errno) }
            got += now
        }
        return bytes
    }

    /// Waits until the other side has closed; false if it sends something or does not close.
    func isClosed() -> Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, 0)
        return count == 0 || count < 0 && errno == ECONNRESET
    }
}
