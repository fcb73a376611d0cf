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
    /// `nil` where nobody says where nginx keeps its copies.
    private let edgeRoom: EdgeRoom?

    init(_ configuration: Configuration, edgeRoom: EdgeRoom?) {
        self.edgeRoom = edgeRoom
        cache = configuration.cache
        region = configuration.region
    }

    func answer(_ serving: Serving, to order: Order, _ request: DeliveryRequest) -> DeliveryResponse {
        let served = serving.served
        var response = beginning(of: serving)
        addValidity(serving, order, to: &response)
        if let date = served.source.lastModified {
            response.add("Last-Modified", HTTPDate(unixSeconds: date).description)
        }
        // That its entry was found in a tier does not bring a file's bytes.
        let tier = served.isFile ? order.home == nil ? Served.Tier.origin : .region : served.tier
        response.tier = tier.metric
        response.add("x-apus-cache", tier.rawValue)
        if served.state == .stale { response.add("x-apus-stale", "true") }
        let policy = ContentPolicy(for: served.contentType)
        if let security = policy.security { response.add("Content-Security-Policy", security) }
        if !served.source.isStandIn, let link = order.canonicalLink(of: served.source.originID) {
            response.add("Link", link)
        }
        if let name = order.attachmentName ?? (policy.isSaved ? order.object.name : nil) {
            response.add("Content-Disposition", ContentDisposition.attachment(name: name))
        }
        addCommon(request, served.timing, madeIn: served.region, to: &response)
        return response
    }

    /// Status and bytes, with what they are and how many.
    private func beginning(of serving: Serving) -> DeliveryResponse {
        let length: Int?
        var body: any Blob = [UInt8]()
        switch serving.served.content {
        case .variant(let variant):
            length = variant.body.count
            guard serving.file == nil else { break }
            body = serving.part.flatMap { BlobSlice(variant.body, $0.first..<($0.last + 1)) } ?? variant.body
        case .file: length = serving.file?.length
        }
        guard !serving.isKnown else { return DeliveryResponse(status: 304) }
        var response = DeliveryResponse(
            status: serving.part == nil ? 200 : 206, headers: [("Content-Type", serving.served.contentType)],
            body: body, file: serving.file)
        if let count = serving.part?.count ?? length { response.add("Content-Length", "\(count)") }
        if let part = serving.part { response.add("Content-Range", "\(ContentRange(part, of: length))") }
        if length != nil, !serving.served.isPicture { response.add("Accept-Ranges", "bytes") }
        return response
    }

    func notModified(
        _ tag: EntityTag, _ lifetime: Lifetime, _ order: Order, _ request: DeliveryRequest
    ) -> DeliveryResponse {
        var response = DeliveryResponse(status: 304)
        addValidity(tag.description, lifetime, .fresh, order, isKeptByNginx: true, to: &response)
        addVariance(order, to: &response)
        addCommon(request, to: &response)
        return response
    }

    private func addValidity(_ serving: Serving, _ order: Order, to response: inout DeliveryResponse) {
        let served = serving.served
        addValidity(
            served.entityTag, served.lifetime, served.state, order,
            isKeptByNginx: !served.isFile && !serving.isKnown && serving.part == nil, to: &response)
        guard served.isPicture else { return }
        addVariance(order, to: &response)
        if let ratio = order.contentPixelRatio(of: served) { response.add("Content-DPR", ratio) }
    }

    private func addVariance(_ order: Order, to response: inout DeliveryResponse) {
        let headers = order.variance
        if !headers.isEmpty { response.add("Vary", headers.joined(separator: ", ")) }
        if let hints = order.wantedHints { response.add("Accept-CH", hints) }
    }

    /// How long the client and nginx may keep the answer; never longer than the URL itself is good for.
    private func addValidity(
        _ entityTag: String, _ lifetime: Lifetime, _ state: Served.State, _ order: Order, isKeptByNginx: Bool,
        to response: inout DeliveryResponse
    ) {
        let now = WallClock.unixSeconds
        let left = order.authorisation.expiry.map { max(0, $0 - now) }
        var control = clientControl(lifetime, state, left: left.map { Int(clamping: $0) }, now: now)
        if order.isRelayed { control.forbidSharedCaches() }
        if !entityTag.isEmpty { response.add("ETag", entityTag) }
        response.add("Cache-Control", control.description)
        let edge = isKeptByNginx && !order.isRelayed ? edgeAge(lifetime, state, isExpiring: left != nil, now: now) : 0
        response.add("X-Accel-Expires", "\(edge)")
    }

    private func clientControl(
        _ lifetime: Lifetime, _ state: Served.State, left: Int?, now: Int64
    ) -> CacheControl {
        switch state {
        case .fresh: break
        case .revalidating, .stale:
            let allowed = OriginLifetime(CacheControl(parsing: lifetime.control)).freshFor ?? Self.shortAge
            return standard(atMost: min(Self.shortAge, max(1, allowed), left ?? .max))
        case .passing:
            var control = CacheControl()
            control.noStore = true
            return control
        }
        guard !lifetime.control.isEmpty else { return standard(atMost: left ?? .max) }
        return OriginLifetime(CacheControl(parsing: lifetime.control)).clientControl(
            after: now - lifetime.madeAt, unsaid: cache.clientAge, unsaidShared: cache.sharedAge,
            atMost: left ?? CacheControl.longestAge)
    }

    /// What answers carry where the origin has no say, in ImageKit's form (design §4.3), with no time longer than `limit`.
    private func standard(atMost limit: Int) -> CacheControl {
        var control = CacheControl()
        control.isPublic = true
        control.sharedMaxAge = min(cache.sharedAge, limit)
        control.maxAge = min(cache.clientAge, limit)
        control.mustRevalidate = true
        return control
    }

    /// Seconds for which nginx answers by itself. Nothing that it sends on says how old its copy is, so it keeps only
    /// what is good for everybody and for as long as the header says.
    private func edgeAge(_ lifetime: Lifetime, _ state: Served.State, isExpiring: Bool, now: Int64) -> Int64 {
        let longest = cache.edgeAge.components.seconds
        guard !isExpiring, lifetime.isStorable, hasEdgeRoom else { return 0 }
        switch state {
        case .fresh: return max(0, min(longest, lifetime.freshUntil - now))
        case .revalidating: return min(longest, 1)
        case .stale: return min(longest, Int64(Self.shortAge))
        case .passing: return 0
        }
    }

    private var hasEdgeRoom: Bool { edgeRoom?.hasRoom ?? true }

    /// Seconds for which an old copy may be kept by anybody.
    private static let shortAge = 10

    /// - Parameter order: nil where the request could not be read so far. It depends on no header then.
    /// - Parameter isStale: there may be purges that nobody here has heard of.
    func failure(
        _ error: DeliveryError, _ order: Order?, isStale: Bool, _ request: DeliveryRequest
    ) -> DeliveryResponse {
        let body = [UInt8]((error.message + "\n").utf8)
        var response = DeliveryResponse(
            status: error.status,
            headers: [
                ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "\(body.count)"),
                ("ik-error", "\(error.code) - \(error.message)"),
            ], body: body)
        // A signature that is wrong has no time; one that is right has been checked.
        let left = Authorisation.expiry(namedBy: request).map { max(0, $0 - WallClock.unixSeconds) }
        let age = min(
            cache.age(of: error.keeping), isStale ? Self.shortAge : .max, left.map { Int(clamping: $0) } ?? .max)
        if isStale { response.add("x-apus-stale", "true") }
        response.add("Cache-Control", age > 0 ? "public, max-age=\(age)" : "no-store")
        // What is wrong with a part says nothing about the whole, which has the same name at nginx.
        let isForAll = request.range == nil && left == nil
        let edge = isForAll && age > 0 && hasEdgeRoom ? min(age, Int(cache.edgeAge.components.seconds)) : 0
        response.add("X-Accel-Expires", "\(edge)")
        if let seconds = error.retryAfter { response.add("Retry-After", "\(seconds)") }
        if let length = error.fileLength { response.add("Content-Range", "bytes */\(length)") }
        if error.status == 405 { response.add("Allow", Self.methods) }
        // Another client may well get a picture of the same URL.
        if let order { addVariance(order, to: &response) }
        addCommon(request, madeIn: error.region, to: &response)
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

    func plain(
        _ text: String, type: String = "text/plain; charset=utf-8", _ request: DeliveryRequest
    ) -> DeliveryResponse {
        let body = [UInt8]((text + (text.hasSuffix("\n") ? "" : "\n")).utf8)
        var response = DeliveryResponse(
            status: 200,
            headers: [
                ("Content-Type", type), ("Content-Length", "\(body.count)"),
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
        // Operations are for their owner's eyes, not for pages that he has open.
        if !request.path.hasPrefix(Operations.prefix) {
            response.add("Access-Control-Allow-Origin", "*")
            response.add("Timing-Allow-Origin", "*")
        }
        response.add("x-server", "Apus")
        response.add("x-apus-region", region ?? self.region)
        response.add("x-request-id", request.id)
    }
}

extension CacheControl {
    /// A cache that several share may stand anywhere, and what is relayed may be kept at home only.
    fileprivate mutating func forbidSharedCaches() {
        (isPublic, isPrivate, sharedMaxAge) = (false, true, nil)
    }
}
