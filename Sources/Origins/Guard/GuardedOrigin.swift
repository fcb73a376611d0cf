package import Deadlines
import Transfer

/// An origin that is left alone for a while when it fails as a whole: who asks meanwhile gets its last error at once,
/// and no slot waits for it. One request at a time finds out whether it is back.
package struct GuardedOrigin: Origin {
    /// What fails together.
    package enum Scope: Sendable {
        /// Everything of the origin.
        case origin
        /// What comes from the same host and port of the URL that is asked for: of a web proxy.
        case host
    }

    package struct Limits: Sendable, Hashable {
        package var breaker = Breaker.Limits(
            failuresToOpen: 5, firstHoldOff: .seconds(1), longestHoldOff: .seconds(30))
        /// So many failures in a row that may be those of single objects count as one of the whole…
        package var objectFailures = 4
        /// …once they have gone on for this long: many at once are still one moment.
        package var objectFailureTime: Duration = .seconds(10)
        /// An origin that had this long and was not done when the request's deadline passed has failed; one that had
        /// less has not.
        package var dueTime: Duration = .seconds(5)
        /// The most hosts that are remembered; at least 1.
        package var hosts = 1000

        package init() {}
    }

    /// That an origin is left alone (again, where it was just tried), or back; for log and metrics.
    package struct Event: Sendable, Equatable {
        package let originID: String
        /// `host:port` where that is what was asked, else `nil`. Named by a stranger, so not for metrics.
        package let host: String?
        package let change: Breaker.Change
        /// Why it is left alone; `nil` when it is back.
        package let error: OriginError?

        package init(originID: String, host: String? = nil, change: Breaker.Change, error: OriginError? = nil) {
            self.originID = originID
            self.host = host
            self.change = change
            self.error = error
        }
    }

    /// Called, on the thread that met it, at each change. Must be quick.
    package typealias Observer = @Sendable (Event) -> Void

    private let origin: any Origin
    private let scope: Scope
    private let dueTime: Duration
    private let breakers: BreakerTable
    private let observer: Observer
    private let now: @Sendable () -> Deadline

    /// - Parameter now: tells the time; tests have their own.
    package init(
        _ origin: any Origin, scope: Scope = .origin, limits: Limits = Limits(),
        observer: @escaping Observer = { _ in }, now: @escaping @Sendable () -> Deadline = { .now }
    ) {
        self.origin = origin
        self.scope = scope
        dueTime = limits.dueTime
        breakers = BreakerTable(limits)
        self.observer = observer
        self.now = now
    }

    package var id: String { origin.id }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        var host: String?
        if scope == .host {
            host = request.askedHost
            // Nobody will be asked; the origin knows what to say.
            guard host != nil else { return try origin.open(request, deadline: deadline) }
        }
        let ticket = try breakers.admit(host ?? "", now: now())
        let isRushed = deadline.remaining < dueTime
        let settle: @Sendable (Breaker.Outcome, OriginError?) -> Void = { [self, host] outcome, error in
            note(outcome, error, of: ticket, host)
        }
        do throws(OriginError) {
            switch try origin.open(request, deadline: deadline) {
            case .notModified(let metadata):
                settle(.succeeded, nil)
                return .notModified(metadata)
            case .opened(let body):
                return .opened(GuardedBody(body, isRushed: isRushed, settle: settle))
            }
        } catch {
            settle(error.outcome(isRushed: isRushed), error)
            throw error
        }
    }

    private func note(_ outcome: Breaker.Outcome, _ error: OriginError?, of ticket: Breaker.Ticket, _ host: String?) {
        let change = breakers.settle(host ?? "", ticket, outcome, error, now: now())
        guard let change else { return }
        let cause = outcome == .failed ? error : nil
        observer(Event(originID: id, host: host, change: change, error: cause))
    }
}

extension OriginRequest {
    /// `host:port` of the URL that the path is, if it is one.
    fileprivate var askedHost: String? {
        guard let absoluteURL, let url = try? TransferURL(absoluteURL) else { return nil }
        return "\(url.host):\(url.port)"
    }
}
