import Caching
import Configuration
import HTTPRules
import Logging
import Origins
import Signing
import Transformation

/// A request that has been read, authorised and planned: what is to be made of which original, and for whom.
struct Order: Sendable {
    let route: Route
    let object: ObjectPath
    /// The client's query without what is ours: part of the original's identity, and forwarded to web origins.
    let passthroughQuery: String
    let clientHost: String
    let resolution: Resolution
    let isOnlyNamed: Bool
    let authorisation: Authorisation
    let conditions: ConditionalRequest
    let attachmentName: String?
    /// The name of the answer in the caches.
    let key: VariantKey
    /// What tells this original from all others.
    private let originalFields: [String]

    init(_ request: DeliveryRequest, site: Site, limits: TransformationLimits) throws(DeliveryError) {
        if let via = request.via, via.contains(site.via) { throw .loop }
        let path = try Self.parse { () throws(TransformationError) in
            try RequestPath(request.path.utf8, limits: limits)
        }
        route = try site.route(host: request.host, path: path)
        authorisation = try Authorisation(request, route: route)
        let (consumed, keeping) = (route.consumedSegments, route.hasWebProxy)
        let url = try Self.parse { () throws(TransformationError) in
            try DeliveryURL(
                path: path, consumed: consumed, query: request.query.utf8, keepingEmptySegments: keeping, limits: limits
            )
        }
        let endpoint = route.endpoint
        let named = route.account.namedTransformations
        let rules = TransformationRules(
            limits: limits, unknownParameters: endpoint.unknownParameters == .ignore ? .ignore : .reject)
        let transformation = try Self.parse { () throws(TransformationError) in
            try Transformation(url.transformations, rules: rules)
        }
        try authorisation.check(transformation, at: endpoint)
        let accept = AcceptHeader(request.accept)
        resolution = try Self.parse { () throws(TransformationError) in
            try transformation.resolve(
                named: named, defaults: OutputDefaults(endpoint), accepting: AcceptedFormats(accept))
        }
        isOnlyNamed = transformation.isOnlyNamed
        object = url.object
        passthroughQuery = url.query.passthrough
        clientHost = request.host
        conditions = ConditionalRequest(ifNoneMatch: request.ifNoneMatch, ifModifiedSince: request.ifModifiedSince)
        attachmentName =
            url.query.switches.isAttachment ? url.query.switches.attachmentFilename ?? url.object.name : nil
        let heard = route.forwardsHost ? [Site.nameOnly(request.host)] : []
        let original = route.identity + [url.object.canonical, url.query.passthrough] + heard
        originalFields = original
        key = try Self.key(original + [resolution.canonical, endpoint.svg.rawValue])
    }

    private static func parse<Value>(
        _ body: () throws(TransformationError) -> Value
    ) throws(DeliveryError) -> Value {
        do { return try body() } catch { throw DeliveryError(error) }
    }

    private static func key(_ fields: [String]) throws(DeliveryError) -> VariantKey {
        guard let key = VariantKey(digest: Digest.of("variant", [Engine.version] + fields).bytes) else {
            throw DeliveryError(status: 500, code: "EIO", message: "No key.", keeping: .never, level: .critical)
        }
        return key
    }

    /// The name of the original for the flight that fetches it; made only where one is.
    var originalKey: String { Digest.of("original", originalFields).hex }

    /// A private original shows itself to signed URLs and to named transformations alone (design §4.3).
    var maySeePrivate: Bool { authorisation.isSigned || isOnlyNamed }

    /// The entity tag of what is made of an original: known before anything is rendered (design §4.3).
    func entityTag(of original: OriginalIdentity) -> EntityTag? {
        // The key stands for all of the inputs but the original.
        EntityTag(String(Digest.of("entity tag", [key.description, original.text]).hex.prefix(Self.entityTagLength)))
    }

    private static let entityTagLength = 32

    func originRequest(maximumBytes: Int) -> OriginRequest {
        let query = passthroughQuery.isEmpty ? nil : passthroughQuery
        return OriginRequest(
            path: OriginPath(segments: object.segments, encoded: object.canonical), query: query,
            clientHost: clientHost,
            absoluteURL: object.absoluteURL, maximumBytes: maximumBytes)
    }
}

extension Digest {
    static func of(_ purpose: String, _ fields: [String]) -> Digest {
        var builder = DigestBuilder(purpose)
        builder.add(fields)
        return builder.finish()
    }
}

/// What makes variants. Its version is part of every key and entity tag.
enum Engine {
    /// To be changed whenever the same plan and original give other bytes.
    static let version = "1"
}

extension OutputDefaults {
    init(_ endpoint: URLEndpoint) {
        let format: FormatChoice =
            switch endpoint.format {
            case .auto: .auto
            case .orig: .source
            case .jpg: .fixed(.jpeg)
            case .png: .fixed(.png)
            case .webp: .fixed(.webp)
            case .avif: .fixed(.avif)
            case .gif: .fixed(.gif)
            }
        self.init(format: format, quality: endpoint.quality)
    }
}

extension AcceptedFormats {
    init(_ accept: AcceptHeader) {
        self = []
        if accept.acceptsWebP { insert(.webp) }
        if accept.acceptsAVIF { insert(.avif) }
    }
}
