import Caching
import Configuration
import Deadlines
import HTTPRules
import Memory
import Origins
import RenderJobs
import Transformation

/// Makes an entry of an original: by a render process, or as it is.
struct VariantMaker: Sendable {
    private let renders: RenderPool
    private let configuration: Configuration

    init(renders: RenderPool, configuration: Configuration) {
        self.renders = renders
        self.configuration = configuration
    }

    func make(_ order: Order, _ original: Original, until deadline: Deadline) throws(DeliveryError) -> Served {
        var timing = ServerTiming()
        timing.download = original.downloadDuration
        switch order.resolution {
        case .original:
            let kind = try PictureKind(original.bytes)
            return served(order, original, original.bytes, kind.format, size: nil, .origin, timing)
        case .variant(let plan):
            let rendered = try render(plan, order, original, until: deadline)
            timing.transformation = rendered.facts.transformation
            timing.encode = rendered.facts.encode
            timing.queue = rendered.queue
            let size = Size(width: rendered.facts.width, height: rendered.facts.height)
            return served(order, original, rendered.bytes, rendered.facts.format, size: size, .render, timing)
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
            return try renders.render(job, original.bytes, limit: configuration.timeouts.render)
        } catch {
            throw DeliveryError(error)
        }
    }

    private func served(
        _ order: Order, _ original: Original, _ bytes: SharedMemory, _ format: ImageFormat, size: Size?,
        _ tier: Served.Tier, _ timing: ServerTiming
    ) -> Served {
        let identity = OriginalIdentity(original)
        let now = WallClock.unixSeconds
        let variant = Entry.Variant(
            contentType: format.mediaType, entityTag: order.entityTag(of: identity)?.description ?? "",
            lastModified: original.validators.lastModified, originalIdentity: identity.text, width: size?.width,
            height: size?.height, body: bytes)
        let entry = Entry(
            content: .variant(variant), madeAt: now, expiresAt: now + configuration.cache.maxAge.components.seconds,
            region: configuration.region)
        return Served(entry: entry, variant: variant, tier: tier, timing: timing)
    }
}
