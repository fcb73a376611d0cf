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
        #expect(answer.descriptors.isEmpty)
    }

    @Test func `A descriptor travels as a copy that no child inherits`() throws {
        let (left, right) = try pair()
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        try left.send([1], descriptors: [ends[1]])
        close(ends[1])
        let passed = try #require(try message(right.receive()).descriptors.first)
        defer { close(passed) }
        #expect(fcntl(passed, F_GETFD) & FD_CLOEXEC != 0)
        #expect(write(passed, "x", 1) == 1)
        var byte: UInt8 = 0
        #expect(read(ends[0], &byte, 1) == 1)
        #expect(byte == UInt8(ascii: "x"))
    }

    @Test(arguments: [0, 1, 21, MessageSocket.maximumDescriptors])
    func `Several descriptors travel in their order`(count: Int) throws {
        let (left, right) = try pair()
        let files = try OpenFiles(count)
        try left.send([1], descriptors: files.descriptors)
        let passed = try message(right.receive()).descriptors
        defer { for descriptor in passed { close(descriptor) } }
        #expect(passed.map { OpenFiles.text(of: $0) } == (0..<count).map { "\($0)" })
        #expect(passed.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
    }

    @Test func `More descriptors than allowed are not sent`() throws {
        let (left, right) = try pair()
        let many = [Int32](repeating: left.descriptor, count: MessageSocket.maximumDescriptors + 1)
        #expect(throws: ProcessError(call: "send", errno: EMSGSIZE)) { try left.send([1], descriptors: many) }
        guard case .timedOut = try right.receive(until: .now) else { throw ProcessError(call: "receive", errno: 0) }
    }

    /// Whoever is at the other end may send what no `MessageSocket` does.
    @Test(arguments: [
        (bytes: MessageSocket.maximumLength + 1, descriptors: 2), (bytes: 1, descriptors: 253),
        (bytes: 1, descriptors: MessageSocket.maximumDescriptors + 1),
    ])
    func `Of a message that is cut nothing is left open`(bytes: Int, descriptors: Int) throws {
        let (left, right) = try pair()
        let pipe = try Pipe()
        try pipe.sendWritingEnds(descriptors, withBytes: bytes, over: left.descriptor)
        #expect(throws: ProcessError(call: "recvmsg", errno: EMSGSIZE)) { try right.receive() }
        // A pipe that nobody can write into any more is at its end.
        #expect(pipe.isAtEnd)
        try left.send([2])
        #expect(try message(right.receive()).bytes == [2])
    }

    @Test func `Too long, and empty, is refused`() throws {
        let (left, right) = try pair()
        #expect(throws: ProcessError(call: "send", errno: EMSGSIZE)) {
            try left.send([UInt8](repeating: 0, count: MessageSocket.maximumLength + 1))
        }
        #expect(throws: ProcessError(call: "send", errno: EINVAL)) { try left.send([]) }
        #expect(throws: ProcessError(call: "sendmsg", errno: EBADF)) { try left.send([1], descriptors: [99_999]) }
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
