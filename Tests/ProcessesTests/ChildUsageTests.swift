import Deadlines
import Glibc
import Processes
import Testing

/// What is known of a child while it runs, and how it ended.
struct ChildUsageTests {
    private func child(_ script: String) throws -> ChildProcess {
        try ChildProcess(path: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    }

    /// Waits for what a child does, at most half a minute.
    private func eventually(_ condition: () -> Bool) -> Bool {
        let deadline = Deadline(in: .seconds(30))
        while !deadline.hasPassed {
            if condition() { return true }
            usleep(2_000)
        }
        return condition()
    }

    @Test func `Memory and processor time grow with what a child does`() throws {
        let busy = try child("while :; do :; done")
        defer {
            busy.send(SIGKILL)
            busy.waitForEnd()
        }
        #expect(eventually { busy.processorTime > .milliseconds(20) })
        #expect(eventually { busy.ownMemory > 10_000 })
        #expect(busy.ownMemory < 100_000_000)
    }

    @Test func `One that is not there uses nothing`() throws {
        let gone = try child("exit 0")
        gone.waitForEnd()
        #expect(gone.processorTime == .zero)
        #expect(gone.ownMemory == 0)
    }

    @Test func `A message that was not read is told from one that was`() throws {
        for isRead in [true, false] {
            let (ours, theirs) = try MessageSocket.makePair()
            var other: MessageSocket? = MessageSocket(adopting: theirs)
            try ours.send([1])
            if isRead { _ = try other?.receive() }
            other = nil
            switch try ours.receive(until: Deadline(in: .seconds(20))) {
            case .closed: #expect(isRead)
            case .unread: #expect(!isRead)
            default: Issue.record("it is gone")
            }
        }
    }

    @Test func `News of any of several sockets end the wait`() throws {
        let pairs = try (0..<3).map { _ in try MessageSocket.makePair() }
        let others = pairs.map { MessageSocket(adopting: $0.theirs) }
        let end = Deadline(in: .milliseconds(30))
        MessageSocket.awaitNews(of: pairs.map(\.ours), until: end)
        #expect(end.hasPassed)
        try others[1].send([7])
        MessageSocket.awaitNews(of: pairs.map(\.ours), until: Deadline(in: .seconds(60)))
        guard case .message = try pairs[1].ours.receive(until: .now) else {
            Issue.record("no message")
            return
        }
        MessageSocket.awaitNews(of: [], until: Deadline(in: .seconds(60)))
    }
}
