import Deadlines
import Origins

/// A clock that stands until it is moved.
final class Clock: Sendable {
    private let time = Monitor(Deadline(nanoseconds: 1_000_000_000))

    var now: Deadline { time.withLock { $0 } }

    func move(_ duration: Duration) {
        time.withLock { $0 = $0.later(by: duration) }
    }
}

/// An origin that says what it is told to, and counts.
final class Scripted: Origin {
    let id = "shop"
    let error = Monitor<OriginError?>(nil)
    private let count = Monitor(0)
    /// What happens while it is asked.
    private let during: @Sendable () -> Void

    init(_ error: OriginError? = nil, during: @escaping @Sendable () -> Void = {}) {
        self.error.withLock { $0 = error }
        self.during = during
    }

    var asked: Int { count.withLock { $0 } }

    func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        count.withLock { $0 += 1 }
        during()
        if let error = error.withLock({ $0 }) { throw error }
        return .notModified(Original.Metadata(originID: id, fetchedAt: 0))
    }
}

/// A guarded origin, its clock, and what it has told.
struct Subject {
    let clock = Clock()
    let origin: GuardedOrigin
    private let log: Monitor<[GuardedOrigin.Event]>

    init(
        _ origin: any Origin, scope: GuardedOrigin.Scope = .origin, objectFailures: Int = 1,
        limits: GuardedOrigin.Limits = .init()
    ) {
        var limits = limits
        limits.objectFailures = objectFailures
        limits.objectFailureTime = objectFailures == 1 ? .zero : .seconds(10)
        let log = Monitor<[GuardedOrigin.Event]>([])
        let clock = clock
        self.log = log
        self.origin = GuardedOrigin(
            origin, scope: scope, limits: limits, observer: { event in log.withLock { $0.append(event) } },
            now: { clock.now })
    }

    var events: [GuardedOrigin.Event] { log.withLock { $0 } }
    var holdOffs: [Duration] {
        events.compactMap { if case .opened(let holdOff) = $0.change { holdOff } else { nil } }
    }

    /// The failure, if it is one.
    func ask(_ url: String? = nil, within time: Duration = .seconds(30)) -> OriginError? {
        var request = object("a.jpg")
        request.absoluteURL = url
        do throws(OriginError) {
            _ = try origin.answer(request, deadline: Deadline(in: time))
            return nil
        } catch {
            return error
        }
    }

    func ask(times: Int, _ url: String? = nil) {
        for _ in 0..<times { _ = ask(url) }
    }
}
