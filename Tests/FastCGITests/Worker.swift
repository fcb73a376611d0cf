import Deadlines
import FastCGI
import Glibc
import Memory
import Processes

/// Some slots on a listening socket, each on its thread, as a worker has them.
final class Worker: Sendable {
    typealias Answering = @Sendable (RequestParameters) -> [UInt8]

    let listener: Listener
    let drain: Drain
    /// How many answers went out whole, and for how many the web server had gone.
    let outcomes = Monitor((whole: 0, gone: 0))
    private let threads: [WorkThread]

    private static let startedOnce: Void = RequestSlot.startLibrary()
    static let head = [UInt8]("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n".utf8)

    /// - Parameter answering: the body for a request.
    init(
        slots: Int = 1, on listener: Listener, stall: Duration = .seconds(10), _ answering: @escaping Answering
    ) throws {
        _ = Self.startedOnce
        self.listener = listener
        let (drain, outcomes) = (try Drain(), outcomes)
        self.drain = drain
        let acceptor = try Acceptor(listener: listener, drain: drain)
        threads = try (0..<slots).map { number in
            try WorkThread(named: "slot-\(number)") {
                let slot = RequestSlot(acceptor: acceptor, drain: drain, stall: stall)
                while let parameters = slot.next() {
                    do {
                        try slot.write(head: Self.head, body: answering(parameters))
                        slot.finish()
                        outcomes.update { $0.whole += 1 }
                    } catch {
                        slot.abandon()
                        outcomes.update { $0.gone += 1 }
                    }
                }
            }
        }
    }

    /// Waits until all slots have ended.
    func join() {
        for thread in threads { thread.join() }
    }

    func stop() {
        drain.begin()
        join()
    }

    /// Runs `body` with slots on a socket of their own, and stops them.
    static func run<Result>(
        slots: Int = 1, over network: Network = .unix, stall: Duration = .seconds(10),
        answering: @escaping Answering = { [UInt8](($0["REQUEST_URI"] ?? "none").utf8) },
        _ body: (Worker) throws -> Result
    ) throws -> Result {
        let place = try Place(network)
        let worker = try Worker(slots: slots, on: place.listener, stall: stall, answering)
        defer { worker.stop() }
        return try body(worker)
    }
}

enum Network: CaseIterable {
    case unix, tcp
}

/// A listening socket that is gone, with its file, when the object is.
final class Place {
    let listener: Listener
    private let folder: TemporaryFolder

    init(_ network: Network = .unix) throws {
        folder = try TemporaryFolder()
        listener =
            switch network {
            case .unix: try Listener(.unix(path: folder.path + "/socket"))
            case .tcp: try Listener(.tcp(host: "127.0.0.1", port: 0))
            }
    }

    deinit { close(listener.descriptor) }
}

/// An empty folder, gone with what lies in it when the object is.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = [CChar]((P_tmpdir + "/apus-fastcgi-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw WebServer.Failure(call: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in ["socket", "file"] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
