import Caching
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
    private let quarantine: Quarantine

    init(renders: RenderPool, configuration: Configuration, metrics: Metrics, quarantine: Quarantine) {
        self.quarantine = quarantine
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

    /// Throws where a picture that nobody knows more of yet would not be let in to the render processes, so that nothing
    /// is fetched for it in vain. What may turn out to be a file to be passed through is let by.
    func checkRoom(_ order: Order, until deadline: Deadline) throws(DeliveryError) {
        guard case .variant = order.resolution,
            !order.passesFiles || OriginalKind.isPicture(MediaType(path: order.object.name).description),
            let refusal = renders.refusal(until: deadline)
        else { return }
        note(refusal)
        throw DeliveryError(.refused(refusal))
    }

    /// For who finds no place to wait: with the time that it takes until those who wait for a picture become fewer.
    var overloaded: DeliveryError { renders.refusalOfAnybody().map { DeliveryError(.refused($0)) } ?? .overloaded }

    func make(
        _ order: Order, _ ingredients: Ingredients, until deadline: Deadline
    ) throws(DeliveryError) -> Picture {
        var timing = ServerTiming()
        timing.download = ingredients.downloadDuration
        let part = ingredients.original
        let original = part.fetched.original
        let kind = OriginalKind(original.bytes, said: original.metadata.contentType, name: part.order.object.name)
        switch (order.resolution, kind) {
        case (.original, .picture(.svg)), (.original, .perhapsDrawing):
            return try picture(Self.drawing, order, ingredients, timing, until: deadline)
        case (.original, .picture(let format)):
            return Picture(bytes: original.bytes, contentType: format.mediaType, timing: timing)
        case (_, .file(let contentType)) where order.passesFiles:
            return Picture(bytes: original.bytes, contentType: contentType, timing: timing)
        case (.original, _): throw .notAPicture
        case (.variant(let plan), _): return try picture(plan, order, ingredients, timing, until: deadline)
        }
    }

    /// What is made of a drawing that is asked for as it is: what the sanitiser leaves of it.
    private static let drawing = Plan(steps: [], output: Output(format: .source, quality: 80))

    private func picture(
        _ plan: Plan, _ order: Order, _ ingredients: Ingredients, _ timing: ServerTiming, until deadline: Deadline
    ) throws(DeliveryError) -> Picture {
        let rendered = try render(plan, order, ingredients, until: deadline)
        var timing = timing
        timing.transformation = rendered.facts.transformation
        timing.encode = rendered.facts.encode
        timing.queue = rendered.queue
        return Picture(
            bytes: rendered.bytes, contentType: rendered.facts.format.mediaType, width: rendered.facts.width,
            timing: timing)
    }

    private func render(
        _ plan: Plan, _ order: Order, _ ingredients: Ingredients, until deadline: Deadline
    ) throws(DeliveryError) -> RenderedVariant {
        let inputs = ingredients.layers.compactMap { layer in
            layer.inputName.map { JobInput(name: $0, bytes: layer.fetched.original.bytes) }
        }
        let original = ingredients.original.fetched.original.bytes
        let job = job(plan, order, until: deadline)
        let identities = ingredients.decodedIdentities
        let (originals, picture) = (quarantine.key(identities), quarantine.key(identities + [plan.canonical]))
        let estimate = quarantine.watching(of: originals, picture: picture) {
            JobEstimate(plan, job, original, inputs)
        }
        do throws(RenderPoolError) {
            guard let cost = estimate?.cost else { throw .quarantined }
            let rendered = try renders.render(
                job, original, inputs: inputs, cost: cost, limit: configuration.timeouts.render,
                witness: quarantine.witness(of: originals, picture: picture))
            metrics.add(.renders(.done))
            metrics.add(.renderJobs(.init(cost.lane)))
            metrics.observe(.renderQueueSeconds, rendered.queue)
            metrics.observe(.renderSeconds, rendered.facts.transformation + rendered.facts.encode)
            return rendered
        } catch {
            if case .refused(let refusal) = error { note(refusal) }
            metrics.add(.renders(error.metric))
            let isLast = error.mayBeLast && (quarantine.holds(originals) || quarantine.holds(picture))
            let error = isLast ? .quarantined : error.naming(estimate?.excess)
            let isOfPicture = error == .quarantined && !quarantine.holds(originals)
            let failure = isOfPicture ? .pictureQuarantined : DeliveryError(error, order.layerInputs)
            guard error.speaksOfOriginal, let name = ingredients.original.shownName else { throw failure }
            throw failure.naming(name)
        }
    }

    private func note(_ refusal: RenderRefusal) {
        metrics.add(.renderRefusals(.init(refusal.lane), .init(refusal.reason)))
    }

    private func job(_ plan: Plan, _ order: Order, until deadline: Deadline) -> RenderJob {
        RenderJob(
            plan: plan.canonical,
            rasterisesSVG: order.resolution != .original && order.route.endpoint.svg == .rasterise,
            limits: .init(configuration.limits), deadline: deadline)
    }
}

extension Counter.RenderLane {
    init(_ lane: RenderLane) {
        switch lane {
        case .fast: self = .fast
        case .heavy: self = .heavy
        case .animated: self = .animated
        }
    }
}

extension Counter.RefusalReason {
    fileprivate init(_ reason: RenderRefusal.Reason) {
        switch reason {
        case .full: self = .full
        case .late: self = .late
        case .memory: self = .memory
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

extension Ingredients {
    /// Keys and states of all that a render process decodes.
    fileprivate var decodedIdentities: [String] {
        parts.map(\.order.originalKey.description) + [source.identity]
    }
}

extension RenderPoolError {
    /// Whether it may be the one after which there is no other attempt.
    fileprivate var mayBeLast: Bool { self == .crashed || self == .outOfTime }

    /// The same, where it is too large for the memory, of a limit that no memory helps against.
    fileprivate func naming(_ excess: RenderFailure?) -> RenderPoolError {
        guard case .tooLarge = self, let excess else { return self }
        return .failed(excess)
    }

    /// Whether its message says "the original" of what the picture is made of first.
    fileprivate var speaksOfOriginal: Bool {
        switch self {
        case .failed(.notAPicture), .failed(.notAvailable), .failed(.damaged), .failed(.sourceLimit), .quarantined: true
        default: false
        }
    }

    fileprivate var metric: Counter.RenderResult {
        switch self {
        case .noneFree, .refused: .noneFree
        case .tooLarge, .outgrown: .limit
        case .outOfTime: .timeout
        case .crashed: .crashed
        case .quarantined: .quarantined
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
