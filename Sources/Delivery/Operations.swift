import Configuration
import Deadlines
import HTTPRules
import Logging
import Metrics
import OriginMaking
import RenderJobs

/// What `/_apus/` answers, to the owner's machines only.
struct Operations: Sendable {
    static let prefix = "/_apus/"
    private static let readyLimit: Duration = .seconds(3)
    /// For how long a picture that was made proves something.
    private static let proofLifetime: Duration = .seconds(15)

    private let allowed: [IPRange]
    private let renders: RenderPool
    private let answers: Answers
    private let explain: ExplainOperation
    private let metrics: Metrics
    private let updateGauges: @Sendable () -> Void

    init(
        _ configuration: Configuration, renders: RenderPool, answers: Answers, explain: ExplainOperation,
        metrics: Metrics, updateGauges: @escaping @Sendable () -> Void
    ) {
        self.metrics = metrics
        self.updateGauges = updateGauges
        allowed = configuration.network.operations.compactMap { IPRange($0) }
        self.renders = renders
        self.answers = answers
        self.explain = explain
    }

    func answer(_ request: DeliveryRequest, until deadline: Deadline) throws(DeliveryError) -> DeliveryResponse {
        // Where a web origin may reach this host, what Apus itself sends is what a stranger asks.
        guard mayAsk(request.remoteAddress), !Via.namesApus(request.via) else {
            throw DeliveryError(status: 403, code: "EACCES", message: "Not from this address.", keeping: .never)
        }
        switch request.path.dropFirst(Self.prefix.count) {
        case "live": return answers.plain("live", request)
        case "ready": return try ready(request)
        case "metrics":
            updateGauges()
            for lane in RenderLane.allCases { metrics.set(.renderWaiting(.init(lane)), renders.waiting(in: lane)) }
            return answers.plain(metrics.text(), type: PrometheusText.contentType, request)
        case "explain":
            return answers.plain(
                try explain.answer(request, until: deadline), type: "application/json; charset=utf-8", request)
        default:
            throw DeliveryError(status: 404, code: "ENOENT", message: "There is no such operation.", keeping: .never)
        }
    }

    private func mayAsk(_ address: String) -> Bool {
        guard let address = IPAddress(address)?.unmapped else { return false }
        return address.isLoopback || allowed.contains { $0.contains(address) }
    }

    private func ready(_ request: DeliveryRequest) throws(DeliveryError) -> DeliveryResponse {
        do throws(RenderPoolError) {
            try RenderProof(of: renders).make(until: Deadline(in: Self.readyLimit))
            return answers.plain(readyText, request)
        } catch {
            // Busy, and only just with pictures that it has made: that is proof enough.
            if error.isBusy, let last = renders.lastOutcome, last.elapsed < Self.proofLifetime {
                return answers.plain(readyText, request)
            }
            throw DeliveryError(
                status: 503, code: "EIO", message: "No picture can be made.", keeping: .never, level: .error,
                log: "\(error)", retryAfter: 1)
        }
    }

    /// The first line is all that a balancer looks at.
    private var readyText: String {
        guard let confinement = renders.confinement else { return "ready" }
        return "ready\nrender processes: \(confinement)"
    }
}

extension RenderPoolError {
    /// Whether others are at work.
    fileprivate var isBusy: Bool {
        switch self {
        case .noneFree, .refused: true
        default: false
        }
    }
}
