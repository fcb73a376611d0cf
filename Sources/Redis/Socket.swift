import Deadlines
import Glibc

/// The system calls that connect to Redis, wait for it and exchange bytes with it. Every socket is non-blocking and
/// closed on exec, so that no render process inherits one.
enum Socket {
    /// A connected socket, which the caller owns, or the reason why the last address failed.
    static func connect(to endpoint: Endpoint, until deadline: Deadline) throws(RedisError) -> Int32 {
        let addresses = try endpoint.socketAddresses(until: deadline)
        var reason = RedisError.timedOut(.connect)
        for (index, address) in addresses.enumerated() {
            // A silent address may use up its share of the time, not that of the addresses after it.
            let share = deadline.remaining / (addresses.count - index)
            do {
                return try connect(to: address, until: deadline.capped(to: share))
            } catch {
                reason = error
            }
        }
        throw reason
    }

    private static func connect(to address: SocketAddress, until deadline: Deadline) throws(RedisError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw .failed(.connect, errno: errno) }
        do {
            try start(descriptor, address)
            try wait(descriptor, for: POLLOUT, .connect, until: deadline)
            try confirm(descriptor, address.family)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func start(_ descriptor: Int32, _ address: SocketAddress) throws(RedisError) {
        let code: Int32 = address.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return EINVAL }
            return Glibc.connect(descriptor, base, socklen_t(bytes.count)) == 0 ? 0 : errno
        }
        guard code == 0 || code == EINPROGRESS || code == EINTR else { throw .failed(.connect, errno: code) }
    }

    private static func confirm(_ descriptor: Int32, _ family: Int32) throws(RedisError) {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
            throw .failed(.connect, errno: errno)
        }
        guard code == 0 else { throw .failed(.connect, errno: code) }
        guard family != AF_UNIX else { return }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, length)
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, length)
    }

    /// Sends all of the bytes.
    static func send(_ bytes: [UInt8], over descriptor: Int32, until deadline: Deadline) throws(RedisError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait(descriptor, for: POLLOUT, .send, until: deadline)
            } else if errno != EINTR {
                throw failure(in: .send, errno)
            }
        }
    }

    /// Waits for bytes and reads those that have come. 0 means that the server has closed the connection.
    ///
    /// A read that blocks would save the `poll`, but wakes up once more: already when the server takes the command.
    static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline
    ) throws(RedisError) -> Int {
        while true {
            try wait(descriptor, for: POLLIN, .receive, until: deadline)
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            guard errno == EAGAIN || errno == EINTR else { throw failure(in: .receive, errno) }
        }
    }

    private static func failure(in stage: RedisError.Stage, _ code: Int32) -> RedisError {
        code == EPIPE || code == ECONNRESET ? .closed : .failed(stage, errno: code)
    }

    /// Waits until the socket is ready or broken; which of the two, the next read or write tells.
    static func wait(
        _ descriptor: Int32,
        for events: Int32,
        _ stage: RedisError.Stage,
        until deadline: Deadline
    ) throws(RedisError) {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
            let ready = poll(&entry, 1, deadline.remainingMilliseconds)
            if ready > 0 { return }
            if ready == 0, deadline.hasPassed { throw .timedOut(stage) }
            if ready < 0, errno != EINTR { throw .failed(stage, errno: errno) }
        }
    }

    /// Whether nothing has arrived on an idle socket: bytes that nobody asked for, or its end, make it useless.
    static func isQuiet(_ descriptor: Int32) -> Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count < 0 && (errno == EAGAIN || errno == EINTR)
    }
}
