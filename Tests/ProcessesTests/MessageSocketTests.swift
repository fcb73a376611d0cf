import Deadlines
import Glibc
import Processes
import Testing

/// Messages and descriptors between two ends.
struct MessageSocketTests {
    private func pair() throws -> (MessageSocket, MessageSocket) {
        let (ours, theirs) = try MessageSocket.makePair()
        return (ours, MessageSocket(adopting: theirs))
    }

    private func message(_ event: MessageSocket.Event) throws -> MessageSocket.Message {
        guard case .message(let message) = event else { throw ProcessError(call: "\(event)", errno: 0) }
        return message
    }

    @Test(arguments: [1, 2, 1000, MessageSocket.maximumLength])
    func `A message arrives whole, in both directions`(length: Int) throws {
        let (left, right) = try pair()
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try left.send(bytes)
        try left.send([9])
        #expect(try message(right.receive()).bytes == bytes)
        #expect(try message(right.receive(until: Deadline(in: .seconds(20)))).bytes == [9])
        try right.send([8])
        let answer = try message(left.receive())
        #expect(answer.bytes == [8])
        #expect(answer.descriptor == nil)
    }

    @Test func `A descriptor travels as a copy that no child inherits`() throws {
        let (left, right) = try pair()
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        try left.send([1], descriptor: ends[1])
        close(ends[1])
        let passed = try #require(try message(right.receive()).descriptor)
        defer { close(passed) }
        #expect(fcntl(passed, F_GETFD) & FD_CLOEXEC != 0)
        #expect(write(passed, "x", 1) == 1)
        var byte: UInt8 = 0
        #expect(read(ends[0], &byte, 1) == 1)
        #expect(byte == UInt8(ascii: "x"))
    }

    @Test func `Too long, and empty, is refused`() throws {
        let (left, right) = try pair()
        #expect(throws: ProcessError(call: "send", errno: EMSGSIZE)) {
            try left.send([UInt8](repeating: 0, count: MessageSocket.maximumLength + 1))
        }
        #expect(throws: ProcessError(call: "send", errno: EINVAL)) { try left.send([]) }
        #expect(throws: ProcessError(call: "sendmsg", errno: EBADF)) { try left.send([1], descriptor: 99_999) }
        guard case .timedOut = try right.receive(until: .now) else { throw ProcessError(call: "receive", errno: 0) }
    }

    @Test func `A message that is longer than allowed is an error for who receives it, and the next one is not`() throws
    {
        let (left, right) = try pair()
        let bytes = [UInt8](repeating: 1, count: MessageSocket.maximumLength + 1)
        #expect(send(left.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
        try left.send([2])
        #expect(throws: ProcessError(call: "recvmsg", errno: EMSGSIZE)) { try right.receive() }
        #expect(try message(right.receive()).bytes == [2])
    }

    @Test func `The other end's going is told, after what it had sent`() throws {
        let (ours, theirs) = try MessageSocket.makePair()
        do {
            let other = MessageSocket(adopting: theirs)
            try other.send([1])
        }
        #expect(try message(ours.receive()).bytes == [1])
        guard case .closed = try ours.receive() else { throw ProcessError(call: "receive", errno: 0) }
        guard case .closed = try ours.receive(until: .now) else { throw ProcessError(call: "receive", errno: 0) }
        #expect(throws: ProcessError(call: "sendmsg", errno: EPIPE)) { try ours.send([1]) }
    }

    @Test(arguments: [Duration.zero, .milliseconds(20), .seconds(-5)])
    func `A wait ends at its deadline`(duration: Duration) throws {
        let (left, right) = try pair()
        guard case .timedOut = try right.receive(until: Deadline(in: duration)) else {
            throw ProcessError(call: "receive", errno: 0)
        }
        try left.send([1])
        #expect(try message(right.receive(until: .now)).bytes == [1])
    }

    @Test func `A child that ends closes its end`() throws {
        let (ours, theirs) = try MessageSocket.makePair()
        let child: ChildProcess
        do {
            defer { close(theirs) }
            child = try ChildProcess(path: "/bin/true", arguments: [], environment: [:], descriptors: [theirs])
        }
        guard case .closed = try ours.receive(until: Deadline(in: .seconds(20))) else {
            throw ProcessError(call: "receive", errno: 0)
        }
        #expect(child.waitForEnd() == 0)
    }
}
