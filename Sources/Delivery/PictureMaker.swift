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

    /// Throws where the job of an order is larger than a render process takes, whatever its inputs are.
    func check(_ order: Order) throws(DeliveryError) {
        guard case .variant(let plan) = order.resolution else { return }
        var job = job(plan, order, until: .now)
        job.inputs = order.layerInputs.map { RenderJob.Input(name: $0.name, count: 0) }
        do { try job.checkSize() } catch { throw DeliveryError(.failed(error)) }
    }

    func make(
        _ order: Order, _ ingredients: Ingredients, until deadline: Deadline
    ) throws(DeliveryError) -> Picture {
        var timing = ServerTiming()
        timing.download = ingredients.downloadDuration
        let part = ingredients.original
        let original = part.fetched.original
        let kind = OriginalKind(original.bytes, said: original.metadata.contentType, name: part.order.object.name)
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
        let inputs = ingredients.layers.compactMap { layer in
            layer.inputName.map { JobInput(name: $0, bytes: layer.fetched.original.bytes) }
        }
        do {
            let rendered = try renders.render(
                job(plan, order, until: deadline), ingredients.original.fetched.original.bytes, inputs: inputs,
                limit: configuration.timeouts.render)
            metrics.add(.renders(.done))
            metrics.observe(.renderSeconds, rendered.facts.transformation + rendered.facts.encode)
            return rendered
        } catch {
            metrics.add(.renders(error.metric))
            let failure = DeliveryError(error, order.layerInputs)
            guard error.speaksOfOriginal, let name = ingredients.original.shownName else { throw failure }
            throw failure.naming(name)
        }
    }

    private func job(_ plan: Plan, _ order: Order, until deadline: Deadline) -> RenderJob {
        RenderJob(
            plan: plan.canonical, rasterisesSVG: order.route.endpoint.svg == .rasterise,
            limits: .init(configuration.limits), deadline: deadline)
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
    /// Whether its message says "the original" of what the picture is made of first.
    fileprivate var speaksOfOriginal: Bool {
        switch self {
        case .failed(.notAPicture), .failed(.notAvailable), .failed(.damaged), .failed(.sourceLimit): true
        default: false
        }
    }

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
