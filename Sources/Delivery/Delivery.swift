package import Caching
package import Configuration
import Deadlines
package import Logging
package import RenderJobs
import Transformation

/// The way of every request, from its parameters to its answer (design §2). All branching between the modules is here;
/// each of them takes a value and returns a value or throws an error of its own.
package final class Delivery: Sendable {
    private let site: Site
    private let variants: Variants
    private let operations: Operations
    private let answers: Answers
    private let limits: TransformationLimits
    private let total: Duration
    private let logger: Logger

    /// - Parameter cache: `nil` where there is no Redis: every variant is then made anew.
    package init(configuration: Configuration, cache: RedisTier?, renders: RenderPool, logger: Logger) {
        self.logger = logger
        total = configuration.timeouts.total
        limits = TransformationLimits(configuration.limits)
        site = Site(configuration, makeOrigin: OriginFactory(configuration).make)
        answers = Answers(configuration)
        operations = Operations(configuration, renders: renders, answers: answers)
        let originals = Originals(
            maximumBytes: configuration.limits.sourceBytes, followers: configuration.workers.slots / 2, logger: logger)
        variants = Variants(
            configuration: configuration, cache: cache, originals: originals,
            maker: VariantMaker(renders: renders, configuration: configuration))
    }

    /// Answers one request, at the latest when `timeouts.total` has passed since its arrival. Blocks until then.
    package func answer(_ request: DeliveryRequest) -> DeliveryResponse {
        let deadline = request.arrival.later(by: total)
        do throws(DeliveryError) {
            switch request.method {
            case "GET", "HEAD": break
            case "OPTIONS": return answers.options(request)
            default: throw .methodNotAllowed
            }
            if request.path.hasPrefix(Operations.prefix) { return try operations.answer(request) }
            let order = try Order(request, site: site, limits: limits)
            let outcome = try variants.find(order, until: deadline)
            return answers.answer(outcome, to: order, request)
        } catch {
            log(error, request)
            return answers.failure(error, request)
        }
    }

    private func log(_ error: DeliveryError, _ request: DeliveryRequest) {
        logger.log(
            level: error.level, "not delivered",
            metadata: [
                "status": "\(error.status)", "code": "\(error.code)", "reason": "\(error.log ?? error.message)",
                "path": "\(request.path)", "request": "\(request.id)",
            ])
    }
}

extension TransformationLimits {
    init(_ limits: Configuration.Limits) {
        self.init()
        steps = limits.steps
        layers = limits.layers
    }
}
