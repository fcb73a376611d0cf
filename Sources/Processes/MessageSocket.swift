import CLinux
package import Deadlines
import Glibc

/// One end of a pair of sockets between two processes: whole messages, each with some descriptors.
package final class MessageSocket: Sendable {
    /// The longest message, in bytes.
    package static let maximumLength = 65_536
    /// The most descriptors that travel with one message.
    package static let maximumDescriptors = APUS_DESCRIPTORS_PER_MESSAGE

    package struct Message {
        package let bytes: [UInt8]
        /// In the order in which they were sent. Owned by whoever receives the message.
        package let descriptors: [Int32]
    }

    /// How a wait for a message ended.
    package enum Event {
        case message(Message)
        /// The other process has closed its end: it is gone.
        case closed
        /// It is gone, and had not read all that was sent to it.
        case unread
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

    /// Sends one message, which must not be empty; the other process gets its own copies of `descriptors`.
    package func send(_ bytes: [UInt8], descriptors: [Int32] = []) throws(ProcessError) {
        guard !bytes.isEmpty else { throw ProcessError(call: "send", errno: EINVAL) }
        guard bytes.count <= Self.maximumLength, descriptors.count <= Self.maximumDescriptors else {
            throw ProcessError(call: "send", errno: EMSGSIZE)
        }
        while true {
            let sent = bytes.withUnsafeBytes { bytes in
                apus_send_message(descriptor, bytes.baseAddress, bytes.count, descriptors, descriptors.count)
            }
            if sent == bytes.count { return }
            if errno != EINTR { throw ProcessError(call: "sendmsg", errno: errno) }
        }
    }

    /// Waits for the next message. Without a deadline it waits as long as the other process lives. One that was longer
    /// than it may be, or brought more descriptors, is an error, and nothing of it is left open.
    package func receive(until deadline: Deadline? = nil) throws(ProcessError) -> Event {
        while true {
            if let deadline {
                var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&wanted, 1, deadline.remainingMilliseconds)
                // It ends early where somebody else makes the clock (libfaketime).
                if ready == 0, !deadline.hasPassed { continue }
                if ready == 0 { return .timedOut }
                if ready < 0, errno == EINTR { continue }
            }
            let message: Message
            do throws(ProcessError) {
                message = try receiveOne()
            } catch {
                if error.errno == EINTR { continue }
                if error.errno == ECONNRESET { return .unread }
                throw error
            }
            // Messages are never empty, so an empty one is the end.
            guard message.bytes.isEmpty else { return .message(message) }
            for passed in message.descriptors { close(passed) }
            return .closed
        }
    }

    /// Returns when something can be received from one of `sockets`, or the deadline has passed.
    package static func awaitNews(of sockets: [MessageSocket], until deadline: Deadline) {
        guard !sockets.isEmpty else { return }
        var wanted = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        poll(&wanted, nfds_t(wanted.count), deadline.remainingMilliseconds)
    }

    private func receiveOne() throws(ProcessError) -> Message {
        var bytes: [UInt8] = []
        var fault: Int32?
        let descriptors = [Int32](unsafeUninitializedCapacity: Self.maximumDescriptors) { passed, passedCount in
            bytes = [UInt8](unsafeUninitializedCapacity: Self.maximumLength) { buffer, count in
                let received = apus_receive_message(
                    descriptor, buffer.baseAddress, Self.maximumLength, passed.baseAddress, &passedCount)
                if received < 0 { fault = errno }
                count = max(0, received)
            }
        }
        if let fault { throw ProcessError(call: "recvmsg", errno: fault) }
        return Message(bytes: bytes, descriptors: descriptors)
    }
}
