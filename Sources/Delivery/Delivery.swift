package import Caching
package import Configuration
import Deadlines
package import Logging
import Management
package import Metrics
package import OriginMaking
package import Processes
package import Purging
package import Regions
package import RenderJobs
package import Transformation

/// The way of every request, from its parameters to its answer (design §2). All branching between the modules is here;
/// each of them takes a value and returns a value or throws an error of its own.
package final class Delivery: Sendable {
    private let site: Site
    private let variants: Variants
    private let refreshes: BackgroundRefresh<EntryKey>
    private let operations: Operations
    /// `nil` where there are no other regions.
    private let regionEndpoint: RegionEndpoint?
    private let management: Management?
    private let answers: Answers
    private let limits: TransformationLimits
    private let total: Duration
    private let sheds = ShedLog()
    private let metrics: Metrics
    private let logger: Logger

    /// - Parameters:
    ///   - purges: `nil` where nothing can be purged.
    ///   - purgesOfCDNs: where purges are entered and asked for if there are CDNs in front.
    ///   - quarantine: that of the host.
    ///   - edgeRoom: of nginx' own cache; `nil` where it lies on another host.
    ///   - updateGauges: called before the metrics are shown.
    package init(
        configuration: Configuration, outside: Outside, cache: InternalCache, purges: PurgeLog?,
        otherRegions: OtherRegions? = nil, purgesOfCDNs: (any Purges)? = nil, renders: RenderPool,
        quarantine: Quarantine = Quarantine(), edgeRoom: EdgeRoom? = nil, metrics: Metrics, logger: Logger,
        updateGauges: @escaping @Sendable () -> Void = {}
    ) {
        self.logger = logger
        self.metrics = metrics
        total = configuration.timeouts.total
        limits = TransformationLimits(configuration.limits)
        let origins = SharedOrigins(configuration, outside: outside, metrics: metrics, logger: logger)
        let site = Site(configuration, makeOrigin: origins.make)
        self.site = site
        answers = Answers(configuration, edgeRoom: edgeRoom)
        let purgeURL = PurgeURL(site: site, limits: limits)
        let allPurges: (any Purges)? = purgesOfCDNs ?? otherRegions?.purges ?? purges
        management = allPurges.map { purges in
            Management(accounts: configuration.accounts, purges: purges, metrics: metrics, logger: logger) {
                url, accounts in
                purgeURL.resolve(url, accounts: accounts)
            }
        }
        refreshes = BackgroundRefresh()
        let validity = Validity(purges)
        let variants = Variants(
            configuration: configuration, cache: cache, validity: validity, renders: renders,
            quarantine: quarantine, otherRegions: otherRegions, refreshes: refreshes, metrics: metrics, logger: logger)
        self.variants = variants
        regionEndpoint = otherRegions.map { otherRegions in
            RegionEndpoint(
                configuration, otherRegions: otherRegions, site: site, variants: variants, validity: validity,
                metrics: metrics, logger: logger)
        }
        let explain = ExplainOperation(
            configuration, explainer: Explainer(configuration, site: site), cache: cache, validity: validity,
            renders: renders, variants: variants, otherRegions: otherRegions)
        operations = Operations(
            configuration, renders: renders, answers: answers, explain: explain, metrics: metrics,
            updateGauges: updateGauges)
    }

    /// Starts what works beside the requests; the threads end after `stop`, when what they do is done.
    @discardableResult
    package func start() throws(ProcessError) -> [WorkThread] { try refreshes.start() }

    package func stop() { refreshes.stop() }

    /// Answers one request, at the latest when `timeouts.total` has passed since its arrival. Blocks until then.
    package func answer(_ request: DeliveryRequest) -> DeliveryResponse {
        if let regionEndpoint, RegionEndpoint.answers(path: request.path) {
            // Counted by itself: it is no client that asks.
            return regionEndpoint.answer(request, until: request.arrival.later(by: total))
        }
        let response = respond(to: request, until: request.arrival.later(by: total))
        metrics.add(.answers(.init(response.status), response.tier))
        metrics.observe(.requestSeconds, request.arrival.elapsed)
        return response
    }

    private func respond(to request: DeliveryRequest, until deadline: Deadline) -> DeliveryResponse {
        if let management, Management.answers(path: request.path), site.customHost(request.host) == nil {
            return DeliveryResponse(management.answer(ManagementRequest(request, until: deadline)))
        }
        // Known to errors as well, as soon as it is read.
        var order: Order?
        do throws(DeliveryError) {
            switch request.method {
            case "GET", "HEAD": break
            case "OPTIONS": return answers.options(request)
            default: throw .methodNotAllowed
            }
            if request.path.hasPrefix(Operations.prefix) { return try operations.answer(request, until: deadline) }
            let read = try Order(request, site: site, limits: limits)
            order = read
            switch try variants.find(read, until: deadline) {
            case .notModified(let tag, let lifetime): return answers.notModified(tag, lifetime, read, request)
            case .served(let found):
                // What was found is good; where it is a file, its origin is asked for the bytes.
                return answers.answer(try variants.open(found, read, until: deadline), to: read, request)
            }
        } catch {
            log(error, request)
            if error.isShedding { metrics.add(.shedRequests) }
            let isStale = order != nil && !variants.homes.knowsPurgesOfAll
            return answers.failure(error, order, isStale: isStale, request)
        }
    }

    private func log(_ error: DeliveryError, _ request: DeliveryRequest) {
        logger.log(
            level: sheds.level(of: error), "not delivered",
            metadata: [
                "status": "\(error.status)", "code": "\(error.code)", "reason": "\(error.loggedReason(request))",
                "path": "\(LoggedPath(request.path))", "request": "\(request.id)",
            ])
    }
}

extension ManagementRequest {
    fileprivate init(_ request: DeliveryRequest, until deadline: Deadline) {
        self.init(
            method: request.method, path: request.path, authorization: request.authorization, body: request.body,
            bodyIsTooLong: request.bodyIsTooLong, id: request.id, deadline: deadline)
    }
}

extension DeliveryResponse {
    fileprivate init(_ response: ManagementResponse) {
        self.init(status: response.status, headers: response.headers.map { ($0.name, $0.value) }, body: response.body)
    }
}

extension TransformationLimits {
    package init(_ limits: Configuration.Limits) {
        self.init()
        steps = limits.steps
        layers = limits.layers
        textLength = limits.textLength
    }
}
