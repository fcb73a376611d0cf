import Caching
import Configuration
import Deadlines
import HTTPRules
import Memory
import Transformation

/// Turns outcomes and errors into answers: status, headers, body (design §4.3).
struct Answers: Sendable {
    private let cache: Configuration.Cache
    private let region: String

    init(_ configuration: Configuration) {
        cache = configuration.cache
        region = configuration.region
    }

    func answer(_ outcome: Outcome, to order: Order, _ request: DeliveryRequest) -> DeliveryResponse {
        switch outcome {
        case .served(let served): variant(served, order, request)
        case .notModified(let tag): notModified(tag, order, request)
        }
    }

    private func variant(_ served: Served, _ order: Order, _ request: DeliveryRequest) -> DeliveryResponse {
        let variant = served.variant
        var response = DeliveryResponse(
            status: 200, headers: [("Content-Type", variant.contentType), ("Content-Length", "\(variant.body.count)")],
            body: variant.body)
        addValidity(variant.entityTag, order, to: &response)
        if let date = variant.lastModified {
            response.add("Last-Modified", HTTPDate(unixSeconds: date).description)
        }
        response.add("x-apus-cache", served.tier.rawValue)
        if variant.contentType == ImageFormat.svg.mediaType { response.add("Content-Security-Policy", Self.svgPolicy) }
        if let name = order.attachmentName {
            response.add("Content-Disposition", ContentDisposition.attachment(name: name))
        }
        addCommon(request, served.timing, madeIn: served.entry.region, to: &response)
        return response
    }

    /// What an SVG may do when it is opened by itself: draw, and nothing else.
    private static let svgPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

    private func notModified(_ tag: EntityTag, _ order: Order, _ request: DeliveryRequest) -> DeliveryResponse {
        var response = DeliveryResponse(status: 304)
        addValidity(tag.description, order, to: &response)
        addCommon(request, to: &response)
        return response
    }

    /// How long the client and nginx may keep the answer; never longer than the URL itself is good for.
    private func addValidity(_ entityTag: String, _ order: Order, to response: inout DeliveryResponse) {
        let left = order.authorisation.expiry.map { max(0, $0 - WallClock.unixSeconds) } ?? .max
        let age = min(cache.maxAge.components.seconds, left)
        response.add("ETag", entityTag)
        var control = CacheControl()
        control.isPublic = true
        control.sharedMaxAge = Int(clamping: age)
        control.maxAge = Int(clamping: age)
        control.mustRevalidate = true
        response.add("Cache-Control", control.description)
        // nginx would go on sending the age of its copy, which says too much as soon as time has passed.
        let edgeAge = order.authorisation.expiry == nil ? cache.edgeAge.components.seconds : 0
        response.add("X-Accel-Expires", "\(edgeAge)")
        if order.resolution.varies { response.add("Vary", "Accept") }
    }

    func failure(_ error: DeliveryError, _ request: DeliveryRequest) -> DeliveryResponse {
        let body = [UInt8]((error.message + "\n").utf8)
        var response = DeliveryResponse(
            status: error.status,
            headers: [
                ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "\(body.count)"),
                ("ik-error", "\(error.code) - \(error.message)"),
            ], body: body)
        let age = cache.age(of: error.keeping)
        response.add("Cache-Control", age > 0 ? "public, max-age=\(age)" : "no-store")
        response.add("X-Accel-Expires", "\(min(age, Int(cache.edgeAge.components.seconds)))")
        if let seconds = error.retryAfter { response.add("Retry-After", "\(seconds)") }
        if error.status == 405 { response.add("Allow", Self.methods) }
        addCommon(request, to: &response)
        return response
    }

    private static let methods = "GET, HEAD, OPTIONS"

    /// The answer to a CORS preflight (Fetch standard §3.2), and to any other OPTIONS.
    func options(_ request: DeliveryRequest) -> DeliveryResponse {
        var response = DeliveryResponse(
            status: 204,
            headers: [
                ("Allow", Self.methods), ("Access-Control-Allow-Methods", Self.methods),
                ("Access-Control-Allow-Headers", "*"), ("Access-Control-Max-Age", "86400"),
                ("Cache-Control", "no-store"), ("X-Accel-Expires", "0"),
            ])
        addCommon(request, to: &response)
        return response
    }

    func plain(_ text: String, _ request: DeliveryRequest, status: Int = 200) -> DeliveryResponse {
        let body = [UInt8]((text + "\n").utf8)
        var response = DeliveryResponse(
            status: status,
            headers: [
                ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "\(body.count)"),
                ("Cache-Control", "no-store"), ("X-Accel-Expires", "0"),
            ], body: body)
        addCommon(request, to: &response)
        return response
    }

    private func addCommon(
        _ request: DeliveryRequest, _ timing: ServerTiming = ServerTiming(), madeIn region: String? = nil,
        to response: inout DeliveryResponse
    ) {
        var timing = timing
        timing.region = self.region
        timing.total = request.arrival.elapsed
        response.add("Server-Timing", timing.description)
        response.add("X-Content-Type-Options", "nosniff")
        response.add("Access-Control-Allow-Origin", "*")
        response.add("Timing-Allow-Origin", "*")
        response.add("x-server", "Apus")
        response.add("x-apus-region", region ?? self.region)
        response.add("x-request-id", request.id)
    }
}
