import Deadlines
import FastCGI
import Glibc
import Logging
import Memory
import Processes

/// The worker processes of one program, kept at their number.
struct WorkerSet {
    /// A worker that ends sooner than this after its start counts as failed, as does one that never accepted requests.
    private static let soon: Duration = .seconds(5)
    /// A worker that accepts no requests by then is given up.
    private static let startLimit: Duration = .seconds(60)
    private static let shortestPause: Duration = .milliseconds(100)
    private static let longestPause: Duration = .seconds(10)

    private struct Place {
        var child: ChildProcess?
        var control: MessageSocket?
        var isReady = false
        var startedAt = Deadline.now
        /// Starts in a row that failed.
        var failures = 0
        var startAgainAt = Deadline.now
    }

    let count: Int
    private let program: String
    private let arguments: [String]
    /// The configuration's text: every worker of this program runs with the same.
    private let configuration: SharedMemory
    private let listener: Listener
    private let logger: Logger
    private var places: [Place]

    init(
        count: Int, program: String, arguments: [String], configuration: [UInt8], listener: Listener, logger: Logger
    ) throws(SharedMemoryError) {
        var writer = try SharedMemoryWriter(maximum: configuration.count)
        try writer.append(configuration.span.bytes)
        self.configuration = try writer.finish()
        self.count = count
        self.program = program
        self.arguments = arguments
        self.listener = listener
        self.logger = logger
        places = (0..<count).map { _ in Place() }
    }

    var all: [ChildProcess] { places.compactMap(\.child) }
    /// False where there are none, whose readiness nobody should wait for.
    var areAllReady: Bool { !places.isEmpty && readyCount == places.count }
    var readyCount: Int { places.count(where: \.isReady) }

    /// Collects workers that have ended, starts those that are due, and returns how many became ready since the last call.
    mutating func tend() -> Int {
        var ready = 0
        for index in places.indices {
            collect(index)
            if places[index].child == nil, places[index].startAgainAt.hasPassed { start(index) }
            if becameReady(index) { ready += 1 }
            giveUpLate(index)
        }
        return ready
    }

    private mutating func collect(_ index: Int) {
        guard let child = places[index].child, let code = child.exitCode() else { return }
        let lived = places[index].startedAt.elapsed
        logger.error(
            "worker ended",
            metadata: ["pid": "\(child.id)", "status": "\(code)", "seconds": "\(lived.components.seconds)"])
        let hasFailed = lived < Self.soon || !places[index].isReady
        let failures = hasFailed ? min(places[index].failures + 1, 10) : 0
        var place = Place()
        place.failures = failures
        // One that ran well is replaced at once.
        let pause = failures == 0 ? .zero : min(Self.longestPause, Self.shortestPause * (1 << failures))
        place.startAgainAt = Deadline(in: pause)
        places[index] = place
    }

    private mutating func start(_ index: Int) {
        places[index].startedAt = .now
        do {
            let (ours, theirs) = try MessageSocket.makePair()
            defer { close(theirs) }
            places[index].child = try ChildProcess(
                path: program, arguments: arguments,
                environment: ServiceManager.removed(from: environmentVariables()),
                descriptors: [listener.descriptor, theirs, configuration.descriptor])
            places[index].control = ours
        } catch {
            logger.error("worker not started", metadata: ["reason": "\(error)"])
            places[index].failures += 1
            places[index].startAgainAt = Deadline(in: Self.longestPause)
        }
    }

    private func giveUpLate(_ index: Int) {
        let place = places[index]
        guard !place.isReady, let child = place.child else { return }
        if place.startedAt.elapsed > Self.startLimit { child.send(SIGKILL) }
    }

    /// A worker says one message when it accepts requests, and nothing else ever.
    private mutating func becameReady(_ index: Int) -> Bool {
        guard !places[index].isReady, let control = places[index].control else { return false }
        guard case .message = try? control.receive(until: .now) else { return false }
        places[index].isReady = true
        places[index].control = nil
        return true
    }
}
