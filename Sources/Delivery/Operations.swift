import Configuration
import Deadlines
import HTTPRules
import Logging
import Memory
import Metrics
import RenderJobs
import Transformation

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
        guard mayAsk(request.remoteAddress) else {
            throw DeliveryError(status: 403, code: "EACCES", message: "Not from this address.", keeping: .never)
        }
        switch request.path.dropFirst(Self.prefix.count) {
        case "live": return answers.plain("live", request)
        case "ready": return try ready(request)
        case "metrics":
            updateGauges()
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

    /// Proves that a picture can be made, and not only that somebody is there.
    private func ready(_ request: DeliveryRequest) throws(DeliveryError) -> DeliveryResponse {
        let plan = Plan(steps: [], output: Output(format: .fixed(.png), quality: 80))
        let probe = [UInt8](Self.probe.utf8)
        do {
            var writer = try SharedMemoryWriter(maximum: probe.count)
            try writer.append(probe.span.bytes)
            let job = RenderJob(
                plan: plan.canonical, rasterisesSVG: true,
                limits: .init(sourcePixels: 1, outputPixels: 1, frames: 1, documentBytes: 0),
                deadline: Deadline(in: Self.readyLimit), originalCount: probe.count)
            _ = try renders.render(job, try writer.finish())
            return answers.plain("ready", request)
        } catch {
            // Busy, and only just with pictures that it has made: that is proof enough.
            if (error as? RenderPoolError) == .noneFree, let last = renders.lastOutcome,
                last.elapsed < Self.proofLifetime
            {
                return answers.plain("ready", request)
            }
            throw DeliveryError(
                status: 503, code: "EIO", message: "No picture can be made.", keeping: .never, level: .error,
                log: "\(error)", retryAfter: 1)
        }
    }

    private static let probe = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>"
}
