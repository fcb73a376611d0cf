import CLinux
package import Deadlines
import Glibc

/// One end of a pair of sockets between two processes: whole messages, each with at most one descriptor.
package final class MessageSocket: Sendable {
    /// The longest message, in bytes.
    package static let maximumLength = 65_536

    package struct Message {
        package let bytes: [UInt8]
        /// Owned by whoever receives the message.
        package let descriptor: Int32?
    }

    /// How a wait for a message ended.
    package enum Event {
        case message(Message)
        /// The other process has closed its end: it is gone.
        case closed
        case timedOut
    }

    package let descriptor: Int32

    /// Owns `descriptor` from here on.
    package init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// This process' end, and the descriptor of the other end, which the caller hands to a child and then closes.
    package static func makePair() throws(ProcessError) -> (ours: MessageSocket, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw ProcessError(call: "socketpair", errno: errno) }
        return (MessageSocket(adopting: ends[0]), ends[1])
    }

    /// Sends one message, which must not be empty; the other process gets its own copy of `descriptor`.
    package func send(_ bytes: [UInt8], descriptor passed: Int32? = nil) throws(ProcessError) {
        guard !bytes.isEmpty else { throw ProcessError(call: "send", errno: EINVAL) }
        guard bytes.count <= Self.maximumLength else { throw ProcessError(call: "send", errno: EMSGSIZE) }
        while true {
            let sent = bytes.withUnsafeBytes { apus_send_message(descriptor, $0.baseAddress, $0.count, passed ?? -1) }
            if sent == bytes.count { return }
            if errno != EINTR { throw ProcessError(call: "sendmsg", errno: errno) }
        }
    }

    /// Waits for the next message. Without a deadline it waits as long as the other process lives.
    package func receive(until deadline: Deadline? = nil) throws(ProcessError) -> Event {
        while true {
            if let deadline {
                var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&wanted, 1, deadline.remainingMilliseconds)
                if ready == 0 { return .timedOut }
                if ready < 0, errno == EINTR { continue }
            }
            var passed: Int32 = -1
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.maximumLength) { buffer, count in
                let received = apus_receive_message(descriptor, buffer.baseAddress, Self.maximumLength, &passed)
                count = max(0, received)
                if received < 0 { passed = -2 }
            }
            if passed == -2 {
                if errno == EINTR { continue }
                if errno == ECONNRESET { return .closed }
                throw ProcessError(call: "recvmsg", errno: errno)
            }
            // Messages are never empty, so an empty one is the end.
            if bytes.isEmpty {
                if passed >= 0 { close(passed) }
                return .closed
            }
            return .message(Message(bytes: bytes, descriptor: passed >= 0 ? passed : nil))
        }
    }
}
