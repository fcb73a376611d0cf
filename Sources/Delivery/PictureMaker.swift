package import Configuration
import Deadlines
import HTTPRules
import Memory
import Metrics
import Origins
package import RenderJobs
import Transformation

/// The bytes that an order makes of originals that are held: by a render process, or as they are.
struct PictureMaker: Sendable {
    struct Picture: Sendable {
        let bytes: SharedMemory
        let contentType: String
        /// In pixels, if it was rendered.
        var width: Int?
        let timing: ServerTiming

        var isRendered: Bool { width != nil }
    }

    private let renders: RenderPool
    private let configuration: Configuration
    private let metrics: Metrics

    init(renders: RenderPool, configuration: Configuration, metrics: Metrics) {
        self.renders = renders
        self.configuration = configuration
        self.metrics = metrics
    }

    func make(
        _ order: Order, _ ingredients: Ingredients, until deadline: Deadline
    ) throws(DeliveryError) -> Picture {
        var timing = ServerTiming()
        timing.download = ingredients.downloadDuration
        let original = ingredients.original.original
        let kind = OriginalKind(original.bytes, said: original.metadata.contentType, name: order.object.name)
        switch (order.resolution, kind) {
        case (.original, .picture(let format)):
            return Picture(bytes: original.bytes, contentType: format.mediaType, timing: timing)
        case (_, .file(let contentType)) where order.passesFiles:
            return Picture(bytes: original.bytes, contentType: contentType, timing: timing)
        case (.original, _): throw .notAPicture
        case (.variant(let plan), _):
            let rendered = try render(plan, order, ingredients, until: deadline)
            timing.transformation = rendered.facts.transformation
            timing.encode = rendered.facts.encode
            timing.queue = rendered.queue
            return Picture(
                bytes: rendered.bytes, contentType: rendered.facts.format.mediaType, width: rendered.facts.width,
                timing: timing)
        }
    }

    private func render(
        _ plan: Plan, _ order: Order, _ ingredients: Ingredients, until deadline: Deadline
    ) throws(DeliveryError) -> RenderedVariant {
        let limits = configuration.limits
        let bytes = ingredients.original.original.bytes
        let job = RenderJob(
            plan: plan.canonical, rasterisesSVG: order.route.endpoint.svg == .rasterise,
            limits: .init(limits),
            deadline: deadline, originalCount: bytes.count, inputs: ingredients.jobInputs)
        do {
            let rendered = try renders.render(
                job, bytes, inputs: ingredients.parts.map(\.fetched.original.bytes),
                limit: configuration.timeouts.render)
            metrics.add(.renders(.done))
            metrics.observe(.renderSeconds, rendered.facts.transformation + rendered.facts.encode)
            return rendered
        } catch {
            metrics.add(.renders(error.metric))
            throw DeliveryError(error, ingredients.parts.map(\.input))
        }
    }
}

extension RenderJob.Limits {
    /// What a render process is told of the installation's limits.
    package init(_ limits: Configuration.Limits) {
        self.init(
            sourcePixels: limits.sourcePixels, outputPixels: limits.outputPixels, frames: limits.frames,
            documentBytes: limits.documentBytes)
    }
}

extension RenderPoolError {
    fileprivate var metric: Counter.RenderResult {
        switch self {
        case .noneFree: .noneFree
        case .outOfTime: .timeout
        case .crashed: .crashed
        case .failed(let failure): failure.metric
        }
    }
}

extension RenderFailure {
    fileprivate var metric: Counter.RenderResult {
        switch self {
        case .notAPicture, .notAvailable, .damaged: .badOriginal
        case .sourceLimit, .outputLimit: .limit
        case .transformation: .badTransformation
        case .outOfTime: .timeout
        case .internalFailure: .failed
        case .input(_, let failure): failure.metric
        }
    }
}
