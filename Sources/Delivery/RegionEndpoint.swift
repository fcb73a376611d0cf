import Caching
import Configuration
import Deadlines
import HTTPRules
import Logging
import Memory
import Metrics
import Purging
import Regions
import Transformation

/// What other regions are answered (`/_apus/region/`). No region request ever causes another.
struct RegionEndpoint: Sendable {
    private let otherRegions: OtherRegions
    private let site: Site
    private let variants: Variants
    private let validity: Validity
    private let lifetimes: Lifetimes
    private let limits: TransformationLimits
    private let region: String
    /// `Configuration.version` of this region.
    private let configuration: String
    private let metrics: Metrics
    private let logger: Logger
    private let refusals: RefusalLog

    init(
        _ configuration: Configuration, otherRegions: OtherRegions, site: Site, variants: Variants, validity: Validity,
        metrics: Metrics, logger: Logger
    ) {
        self.otherRegions = otherRegions
        self.site = site
        self.variants = variants
        self.validity = validity
        lifetimes = Lifetimes(configuration.cache)
        limits = TransformationLimits(configuration.limits)
        region = configuration.region
        self.configuration = configuration.version
        self.metrics = metrics
        self.logger = logger
        refusals = RefusalLog(logger)
    }

    static func answers(path: String) -> Bool { path.hasPrefix(RegionCall.prefix) }

    func answer(_ request: DeliveryRequest, until deadline: Deadline) -> DeliveryResponse {
        guard request.method == "POST" else {
            return DeliveryResponse(status: 405, headers: [("Allow", "POST"), ("Cache-Control", "no-store")])
        }
        do throws(RegionRefusal) {
            guard request.query.isEmpty, !request.bodyIsTooLong else { throw .malformed }
            let admitted = try otherRegions.gate.admit(
                path: request.path, body: request.body, signature: request.signature, until: deadline)
            switch admitted.call {
            case .ask: return try answerQuestion(admitted, request, until: deadline)
            case .exchange:
                return told(otherRegions.answerExchange(admitted.fields, from: admitted.envelope), admitted)
            case .status: return told(otherRegions.status().fields, admitted)
            }
        } catch {
            metrics.add(.regionRequests(error.requestResult))
            refusals.note(error, request)
            return DeliveryResponse(
                status: error.status,
                headers: Self.headers(length: 0) + [("x-apus-refusal", error.rawValue)])
        }
    }

    private func told(_ fields: RegionFields, _ admitted: RegionGate.Admitted) -> DeliveryResponse {
        guard let head = otherRegions.gate.sealed(fields, for: admitted) else {
            metrics.add(.regionRequests(.fault))
            return DeliveryResponse(status: 500, headers: Self.headers(length: 0))
        }
        metrics.add(.regionRequests(.answered))
        return DeliveryResponse(
            status: 200, headers: Self.headers(length: head.bytes.count) + [("x-apus-head", head.header)],
            body: head.bytes)
    }

    private static func headers(length: Int?) -> [(String, String)] {
        [("Content-Type", "application/octet-stream"), ("Cache-Control", "no-store"), ("X-Accel-Expires", "0")]
            + (length.map { [("Content-Length", "\($0)")] } ?? [])
    }
}

// MARK: A client's request

extension RegionEndpoint {
    /// A question that was let in.
    private struct Asked {
        let admitted: RegionGate.Admitted
        let question: RegionQuestion
        /// What it is about, as if the client had come here.
        let request: DeliveryRequest
        /// Read before anything is looked for: whether purges after it were heeded, nobody can say.
        let moment: (epoch: UInt64, purges: PurgeVector)
    }

    private func answerQuestion(
        _ admitted: RegionGate.Admitted, _ request: DeliveryRequest, until deadline: Deadline
    ) throws(RegionRefusal) -> DeliveryResponse {
        let question = try RegionQuestion(admitted.fields)
        let deadline = min(deadline, request.arrival.later(by: question.deadline))
        try awaitPurges(of: question, from: admitted.envelope.from, until: deadline)
        let asked = Asked(
            admitted: admitted, question: question, request: DeliveryRequest(question, in: request),
            moment: validity.moment)
        let order: Order
        do { order = try Order(asked.request, site: site, limits: limits) } catch { return failure(error, asked) }
        let home = order.route.home
        // This and the next only where the two regions' configurations differ.
        guard home.isHere || !home.keepsResidency else { throw .notHome }
        do throws(DeliveryError) {
            guard !home.keepsResidency || question.relays else { throw .wouldLeaveHome }
            return try success(try serve(order, asked, until: deadline), asked)
        } catch {
            return failure(error, asked)
        }
    }

    private func awaitPurges(
        of question: RegionQuestion, from other: String, until deadline: Deadline
    ) throws(RegionRefusal) {
        guard !validity.moment.purges.covers(question.purges) else { return }
        let isCovered: Bool
        do throws(DeliveryError) {
            isCovered = try variants.occupying { () throws(DeliveryError) in
                otherRegions.awaitPurges(question.purges, from: other, until: deadline)
            }
        } catch {
            throw .busy
        }
        guard isCovered else { throw .behind }
    }

    private func serve(_ order: Order, _ asked: Asked, until deadline: Deadline) throws(DeliveryError) -> Serving {
        // Nobody's own copy was mentioned that could be confirmed without being looked at.
        guard case .served(let found) = try variants.find(order, until: deadline) else { throw .unaskedConfirmation }
        if let known = asked.question.known, !known.isEmpty, known == found.entityTag {
            return Serving(served: found, isKnown: true)
        }
        return try variants.open(found, order, until: deadline)
    }

    private func success(_ serving: Serving, _ asked: Asked) throws(DeliveryError) -> DeliveryResponse {
        let served = serving.served
        var head = head(serving.isKnown ? .unchanged : served.isFile ? .file : .entry, asked)
        head.state = .init(served.state)
        head.tier = served.tier.rawValue
        let file = served.isFile ? serving.file : nil
        if let file { (head.fileLength, head.part) = (file.length, serving.part) }
        guard let response = response(head, served.entry, asked, file: file) else { throw .notTellable }
        metrics.add(.regionRequests(.answered))
        return response
    }

    /// An error that may be kept is an entry like others; another is told, and whose fault it is.
    private func failure(_ error: DeliveryError, _ asked: Asked) -> DeliveryResponse {
        log(error, asked.request)
        if let lifetime = lifetimes.lifetime(of: error, now: WallClock.unixSeconds) {
            var head = head(.failure, asked)
            head.state = .fresh
            let failure = Entry.Failure(status: error.status, code: error.code, message: error.message)
            let entry = Entry(
                content: .failure(failure), lifetime: lifetime, region: region, purgeEpoch: asked.moment.epoch)
            if let response = response(head, entry, asked) {
                metrics.add(.regionRequests(.answered))
                return response
            }
        }
        metrics.add(.regionRequests(.fault))
        if error.isShedding { metrics.add(.shedRequests) }
        var head = head(.error, asked)
        head.fault = RegionFault(error)
        return response(head, nil, asked) ?? DeliveryResponse(status: 500, headers: Self.headers(length: 0))
    }

    private func head(_ kind: RegionAnswerHead.Kind, _ asked: Asked) -> RegionAnswerHead {
        RegionAnswerHead(
            kind, purges: asked.moment.purges, configuration: configuration, engine: Engine.version)
    }

    /// `nil` where it cannot be written.
    private func response(
        _ head: RegionAnswerHead, _ entry: Entry?, _ asked: Asked, file: PassingFile? = nil
    ) -> DeliveryResponse? {
        let answer = RegionAnswer(
            head, entry, to: asked.question, of: asked.admitted, through: otherRegions.gate)
        guard let answer else { return nil }
        let following = file.map { $0.count } ?? 0
        let headers = Self.headers(length: following.map { answer.body.count + $0 })
        return DeliveryResponse(
            status: 200, headers: headers + [("x-apus-head", answer.header)], body: answer.body, file: file)
    }

    private func log(_ error: DeliveryError, _ request: DeliveryRequest) {
        logger.log(
            level: error.level, "not delivered to a region",
            metadata: [
                "status": "\(error.status)", "code": "\(error.code)", "reason": "\(error.loggedReason(request))",
                "path": "\(LoggedPath(request.path))", "request": "\(request.id)",
            ])
    }
}
