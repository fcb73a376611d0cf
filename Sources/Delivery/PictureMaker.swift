import Configuration
import Deadlines
import HTTPRules
import Memory
import Metrics
import Origins
import RenderJobs
import Transformation

/// The bytes that an order makes of an original that is held: by a render process, or as they are.
struct PictureMaker: Sendable {
    struct Picture: Sendable {
        let bytes: SharedMemory
        let contentType: String
        /// Whether it was rendered.
        let isRendered: Bool
        let timing: ServerTiming
    }

    private let renders: RenderPool
    private let configuration: Configuration
    private let metrics: Metrics

    init(renders: RenderPool, configuration: Configuration, metrics: Metrics) {
        self.renders = renders
        self.configuration = configuration
        self.metrics = metrics
    }

    func make(_ order: Order, _ original: Original, until deadline: Deadline) throws(DeliveryError) -> Picture {
        var timing = ServerTiming()
        timing.download = original.downloadDuration
        let kind = OriginalKind(original.bytes, said: original.metadata.contentType, name: order.object.name)
        switch (order.resolution, kind) {
        case (.original, .picture(let format)):
            return Picture(
                bytes: original.bytes, contentType: format.mediaType, isRendered: false, timing: timing)
        case (_, .file(let contentType)) where order.passesFiles:
            return Picture(bytes: original.bytes, contentType: contentType, isRendered: false, timing: timing)
        case (.original, _): throw .notAPicture
        case (.variant(let plan), _):
            let rendered = try render(plan, order, original, until: deadline)
            timing.transformation = rendered.facts.transformation
            timing.encode = rendered.facts.encode
            timing.queue = rendered.queue
            return Picture(
                bytes: rendered.bytes, contentType: rendered.facts.format.mediaType, isRendered: true, timing: timing)
        }
    }

    private func render(
        _ plan: Plan, _ order: Order, _ original: Original, until deadline: Deadline
    ) throws(DeliveryError) -> RenderedVariant {
        let limits = configuration.limits
        let job = RenderJob(
            plan: plan.canonical, rasterisesSVG: order.route.endpoint.svg == .rasterise,
            limits: .init(
                sourcePixels: limits.sourcePixels, outputPixels: limits.outputPixels, frames: limits.frames),
            deadline: deadline, originalCount: original.bytes.count)
        do {
            let rendered = try renders.render(job, original.bytes, limit: configuration.timeouts.render)
            metrics.add(.renders(.done))
            metrics.observe(.renderSeconds, rendered.facts.transformation + rendered.facts.encode)
            return rendered
        } catch {
            metrics.add(.renders(error.metric))
            throw DeliveryError(error)
        }
    }
}

extension RenderPoolError {
    fileprivate var metric: Counter.RenderResult {
        switch self {
        case .noneFree: .noneFree
        case .outOfTime: .timeout
        case .crashed: .crashed
        case .failed(let failure):
            switch failure {
            case .notAPicture, .notAvailable, .damaged: .badOriginal
            case .sourceLimit, .outputLimit: .limit
            case .transformation: .badTransformation
            case .outOfTime: .timeout
            case .internalFailure: .failed
            }
        }
    }
}
