import Caching
package import Configuration
import Deadlines
package import Explaining
import HTTPRules
package import Logging
import Metrics
package import OriginMaking
import RenderJobs
import Signing
import Transformation

/// Says what a delivery URL means, with the same parts that answer requests, and without carrying it out.
package struct Explainer: Sendable {
    private let site: Site
    private let configuration: Configuration
    private let limits: TransformationLimits

    init(_ configuration: Configuration, site: Site) {
        self.configuration = configuration
        self.site = site
        limits = TransformationLimits(configuration.limits)
    }

    /// For a process that answers no requests.
    package init(_ configuration: Configuration, outside: Outside, logger: Logger) {
        let origins = SharedOrigins(configuration, outside: outside, metrics: Metrics(), logger: logger)
        self.init(configuration, site: Site(configuration, makeOrigin: origins.make))
    }

    /// What is known from the URL and the configuration alone.
    package func explain(_ question: ExplainQuestion) -> Explanation { look(question).explanation }

    /// The same, with the order that a request for it would be: one that is signed if it has to be, `nil` if there is none.
    func look(_ question: ExplainQuestion) -> (explanation: Explanation, order: Order?) {
        var explanation = Explanation(url: question.shownURL)
        explanation.limits = limitsInForce
        guard let request = question.request else {
            explanation.urlRefusal = .init(DeliveryError(.malformedURL(.notAbsolute)))
            return (explanation, nil)
        }
        var order: Order?
        do throws(DeliveryError) {
            let (route, url) = try place(request, in: &explanation)
            let isSigned = explanation.signature?.state == .valid
            let transformation = explained(url, at: route, question, isSigned: isSigned)
            explanation.transformation = transformation
            // Where a signature is missing, no ladder is asked.
            if isSigned || Self.endpointNeedsSignature(url, at: route, limits) == false {
                explanation.ladder = ladderEffect(on: transformation, of: url, at: route, question, isSigned: isSigned)
            }
            explanation.isThumbnail = url.isThumbnail
            explanation.inputs = transformation.resolution?.plan?.inputs.map(\.shownName) ?? []
            explanation.signature?.isRequired = Self.needsSignature(url, at: route, limits)
            order = try Order(request, site: site, limits: limits)
        } catch {
            explanation.urlRefusal = .init(error)
            order = signed(request).flatMap { try? Order($0, site: site, limits: limits) }
        }
        explanation.key = order?.key.description
        explanation.varies = order?.variance ?? []
        explain(original: nil, size: question.size, order, in: &explanation)
        return (explanation, order)
    }

    /// What depends on the original.
    ///
    /// - Parameters:
    ///   - original: its format, if that is known.
    ///   - size: upright, if that is known.
    func explain(original: ImageFormat?, size: Size?, _ order: Order?, in explanation: inout Explanation) {
        guard let transformation = explanation.transformation, let plan = transformation.resolution?.plan else {
            return
        }
        let keepsSVG = order?.route.endpoint.svg != .rasterise
        let format = ExplainedFormat(
            plan,
            by: transformation.namesFormat ? .url : explanation.isThumbnail ? .thumbnail : .endpoint,
            original: original,
            keepsSVG: keepsSVG)
        explanation.format = format
        explanation.originalRefusal = nil
        guard let size else { return }
        // The steps do nothing to a drawing that stays one.
        let isDrawn = original != .svg || !keepsSVG || format.chosen != .svg
        let limits = configuration.limits
        let sizes = PlanSizes(
            plan, of: size, limits: OutputLimits(pixels: limits.outputPixels), skippingConditions: original == .gif)
        explanation.sizes = isDrawn ? sizes : nil
        guard !Self.keepsDrawing(original, order) else { return }
        let isTooLarge = size.pixels > limits.sourcePixels
        let tooLarge = RenderPoolError.failed(.sourceLimit("pixels", maximum: limits.sourcePixels))
        let fault = isDrawn ? sizes.fault : nil
        guard let error = isTooLarge ? DeliveryError(tooLarge) : fault.map(DeliveryError.init) else { return }
        explanation.originalRefusal = .init(error)
    }

    /// Whether the original goes out as the drawing that it is, whatever its size.
    static func keepsDrawing(_ original: ImageFormat?, _ order: Order?) -> Bool {
        guard original == .svg, let order else { return false }
        return switch order.resolution {
        case .original: true
        case .variant(let plan): order.route.endpoint.svg != .rasterise && plan.keepsDrawing
        }
    }

    // MARK: From the URL

    private func place(
        _ request: DeliveryRequest, in explanation: inout Explanation
    ) throws(DeliveryError) -> (Route, DeliveryURL) {
        let path = try parse { () throws(TransformationError) in
            try RequestPath(request.path.utf8, limits: limits)
        }
        let route = try site.route(host: request.host, path: path)
        let isByHost = site.customHost(request.host) != nil
        explanation.place = .init(route, host: isByHost ? Site.nameOnly(request.host) : nil)
        explanation.home = route.home.explained
        explanation.signature = signature(request, route)
        let url = try parse { () throws(TransformationError) in
            try DeliveryURL(
                path: path, consumed: route.consumedSegments, query: request.query.utf8,
                keepingQuery: route.endpoint.queryNames, keepingEmptySegments: route.hasWebProxy, limits: limits)
        }
        explanation.object = String(LoggedPath("/" + url.object.canonical).description.dropFirst())
        let query = url.query.passthrough
        explanation.originQuery = query.isEmpty ? nil : ShownQuery(query).description
        explanation.ignoredQuery = try ignoredQuery(request, path, route, keeping: query)
        return (route, url)
    }

    /// What the URL endpoint does not name of what has no meaning of its own; `nil` where that is nothing.
    private func ignoredQuery(
        _ request: DeliveryRequest, _ path: RequestPath, _ route: Route, keeping kept: String
    ) throws(DeliveryError) -> String? {
        guard route.endpoint.queryNames != nil else { return nil }
        let whole = try parse { () throws(TransformationError) in
            try DeliveryURL(
                path: path, consumed: route.consumedSegments, query: request.query.utf8,
                keepingEmptySegments: route.hasWebProxy, limits: limits)
        }
        // Items of one name are all kept or all ignored.
        let items = Set(kept.split(separator: "&"))
        let ignored = whole.query.passthrough.split(separator: "&").filter { !items.contains($0) }
        return ignored.isEmpty ? nil : ShownQuery(ignored.joined(separator: "&")).description
    }

    private func parse<Value>(_ body: () throws(TransformationError) -> Value) throws(DeliveryError) -> Value {
        do { return try body() } catch { throw DeliveryError(error) }
    }

    private func explained(
        _ url: DeliveryURL, at route: Route, _ question: ExplainQuestion, isSigned: Bool
    ) -> ExplainedTransformation {
        ExplainedTransformation(
            url.transformations,
            in: .init(
                named: route.account.namedTransformations,
                defaults: OutputDefaults(route.endpoint, isThumbnail: url.isThumbnail),
                rules: TransformationRules(route.endpoint, limits: limits, isSigned: isSigned)),
            accepting: AcceptedFormats(AcceptHeader(ExplainQuestion.acceptHeader(question.accept))),
            hints: ClientHints(width: question.width, pixelRatio: question.pixelRatio))
    }

    /// `nil` where there is no ladder, or the transformation could not be carried out without it either.
    private func ladderEffect(
        on transformation: ExplainedTransformation, of url: DeliveryURL, at route: Route, _ question: ExplainQuestion,
        isSigned: Bool
    ) -> LadderEffect? {
        guard !route.endpoint.ladder.settings.isEmpty else { return nil }
        if isSigned { return .signed }
        let free = explained(url, at: route, question, isSigned: true)
        guard let asked = free.resolution?.canonical else { return nil }
        guard let made = transformation.resolution?.canonical else { return .refused }
        return made == asked ? .fits : .rounded(asked: asked)
    }

    // MARK: Signatures

    private func signature(_ request: DeliveryRequest, _ route: Route) -> Explanation.Signature {
        let cuts = Authorisation.cuts(request.path, segments: route.consumedSegments)
        let query = request.query.isEmpty ? nil : request.query
        let verdict = URLSignature.verify(
            path: request.path, query: query, cuts: cuts, keys: route.account.privateKeys.map(\.value),
            now: WallClock.unixSeconds)
        let isOpen =
            LoggedPath(request.path).description == request.path && !ShownQuery(request.query).hidesOthers
        let endpoint = cuts.last ?? "/"
        var signature = Explanation.Signature(
            state: .absent, urlEndpoint: endpoint,
            stringToSign: isOpen ? URLSignature.signedText(path: request.path, query: query, cut: endpoint) : nil)
        switch verdict {
        case .absent: break
        case .valid(let expiry): (signature.state, signature.expiry) = (.valid, expiry)
        case .invalid: signature.state = .invalid
        case .expired: signature.state = .expired
        }
        return signature
    }

    /// Also what the endpoint's ladder says of it; `nil` where nobody can say.
    private static func needsSignature(
        _ url: DeliveryURL, at route: Route, _ limits: TransformationLimits
    ) -> Bool? {
        endpointNeedsSignature(url, at: route, limits).map { isNeeded in
            isNeeded
                || (!isPossible(url, at: route, limits, isSigned: false)
                    && isPossible(url, at: route, limits, isSigned: true))
        }
    }

    /// Whether the endpoint lets nobody without one ask for it, whatever its ladder; `nil` where nobody can say.
    private static func endpointNeedsSignature(
        _ url: DeliveryURL, at route: Route, _ limits: TransformationLimits
    ) -> Bool? {
        switch route.endpoint.unsigned {
        case .allow: false
        case .deny: true
        case .named:
            // Unknown parameters are none of a named transformation's.
            (try? Transformation(url.transformations, rules: TransformationRules(limits: limits)))
                .map { !$0.isOnlyNamed }
        }
    }

    /// Whether a transformation can be carried out, as far as is known before there is a picture.
    private static func isPossible(
        _ url: DeliveryURL, at route: Route, _ limits: TransformationLimits, isSigned: Bool
    ) -> Bool {
        let rules = TransformationRules(route.endpoint, limits: limits, isSigned: isSigned)
        let transformation = try? Transformation(url.transformations, rules: rules)
        return (try? transformation?.resolve(named: route.account.namedTransformations)) != nil
    }

    /// The same request as its account signs it, so that what is refused for its signature alone is still explained.
    private func signed(_ request: DeliveryRequest) -> DeliveryRequest? {
        guard let path = try? RequestPath(request.path.utf8, limits: limits),
            let route = try? site.route(host: request.host, path: path),
            let key = route.account.privateKeys.first,
            let cut = Authorisation.cuts(request.path, segments: route.consumedSegments).first,
            let signed = try? URLSignature.sign(
                path: request.path, query: URLSignature.unsignedQuery(request.query), cut: cut, key: key.value)
        else { return nil }
        var request = request
        let parts = signed.split(separator: "?", maxSplits: 1).map(String.init)
        (request.path, request.query) = (parts[0], parts.count > 1 ? parts[1] : "")
        return request
    }

    // MARK: Limits

    private var limitsInForce: [(name: String, value: Int?)] {
        let limits = configuration.limits
        return [
            ("sourceBytes", limits.sourceBytes), ("documentBytes", limits.documentBytes),
            ("sourcePixels", limits.sourcePixels), ("outputPixels", limits.outputPixels), ("frames", limits.frames),
            ("steps", limits.steps), ("layers", limits.layers), ("nesting", self.limits.nesting),
            ("textLength", limits.textLength), ("textBytes", self.limits.textBytes), ("fileBytes", limits.fileBytes),
            ("renderMilliseconds", Int(clamping: configuration.timeouts.render.wholeMilliseconds)),
            ("totalMilliseconds", Int(clamping: configuration.timeouts.total.wholeMilliseconds)),
        ]
    }
}

extension Explanation.Refusal {
    init(_ error: DeliveryError) {
        self.init(status: error.status, code: error.code, message: error.message)
    }
}

extension Home {
    fileprivate var explained: Explanation.Home {
        Explanation.Home(
            region: region, isHere: isHere, keepsResidency: keepsResidency,
            whileAway: isHere ? nil : hasSubstituteHere() ? .madeHere : .refused)
    }
}

extension Explanation.Place {
    fileprivate init(_ route: Route, host: String?) {
        let endpoint = route.endpoint
        let origins = endpoint.origins.compactMap { id in route.account.origins.first { $0.id == id } }
        self.init(
            account: route.account.id, urlPrefix: endpoint.urlPrefix, host: host,
            origins: origins.map { ($0.id, $0.kindName.rawValue) },
            settings: [
                ("unsigned", endpoint.unsigned.rawValue), ("format", endpoint.format.rawValue),
                ("quality", "\(endpoint.quality)"), ("svg", endpoint.svg.rawValue),
                ("unknownParameters", endpoint.unknownParameters.rawValue),
                ("cacheControl", endpoint.cacheControl.rawValue),
                ("saveOriginals", endpoint.saveOriginals ? "true" : "false"),
                ("residency", endpoint.residency.rawValue),
            ] + endpoint.ladder.settings
                + [("query", endpoint.queryNames.map { $0.sorted().joined(separator: ", ") } ?? "(all)")])
    }
}

extension Ladder {
    /// As the configuration names them; only what is there.
    fileprivate var settings: [(name: String, value: String)] {
        func text(_ rungs: [Int]) -> String { rungs.map(String.init).joined(separator: ", ") }
        let rungs = [("widths", widths), ("heights", heights), ("qualities", qualities)].filter { !$0.1.isEmpty }
        var settings: [(name: String, value: String)] = rungs.map { ($0.0, text($0.1)) }
        if !rungs.isEmpty { settings.append(("ladder", mode.rawValue)) }
        if let parameters { settings.append(("parameters", parameters.sorted().joined(separator: ", "))) }
        if let steps { settings.append(("steps", "\(steps)")) }
        return settings
    }
}
