import Caching
package import Configuration
import Digests
package import HTTPRules
import Logging
import Origins
package import Transformation

/// A request that has been read, authorised and planned: what is to be made of which original, and for whom.
struct Order: Sendable {
    let route: Route
    private(set) var object: ObjectPath
    /// The client's query without what is ours: part of the original's identity, and forwarded to web origins.
    private(set) var passthroughQuery: String
    let clientHost: String
    let resolution: Resolution
    /// What is to be fetched besides the original.
    let layerInputs: [LayerInput]
    /// What the client says of its screen, and how much of that the answer depends on.
    let hints: ClientHints
    let heededHints: ClientHints.Kinds
    let isOnlyNamed: Bool
    /// Whether the URL asks for no transformation: what is no picture then goes out as it is.
    let isPlain: Bool
    let authorisation: Authorisation
    /// Of nginx about its own copy.
    let edgeConditions: ConditionalRequest
    /// Of the client.
    let clientConditions: ConditionalRequest
    /// The part of a file that is wanted, and of which state of it; pictures are always answered whole.
    let range: RangeRequest?
    let ifRange: String?
    let attachmentName: String?
    /// Whom to ask for it, and what; `nil` where it is made here.
    let home: HomeQuestion?
    /// The name of the answer in the caches.
    let key: EntryKey
    /// What tells this original from all others.
    private var originalFields: [String]

    init(_ request: DeliveryRequest, site: Site, limits: TransformationLimits) throws(DeliveryError) {
        if let via = request.via, via.contains(site.via) { throw .loop }
        let path = try Self.parse { () throws(TransformationError) in
            try RequestPath(request.path.utf8, limits: limits)
        }
        route = try site.route(host: request.host, path: path)
        authorisation = try Authorisation(request, route: route)
        let (endpoint, consumed, keeping) = (route.endpoint, route.consumedSegments, route.hasWebProxy)
        let url = try Self.parse { () throws(TransformationError) in
            try DeliveryURL(
                path: path, consumed: consumed, query: request.query.utf8, keepingQuery: endpoint.queryNames,
                keepingEmptySegments: keeping, limits: limits)
        }
        let named = route.account.namedTransformations
        let rules = TransformationRules(endpoint, limits: limits, isSigned: authorisation.isSigned)
        let transformation = try Self.parse { () throws(TransformationError) in
            try Transformation(url.transformations, rules: rules)
        }
        try authorisation.check(transformation, at: endpoint)
        let accept = AcceptHeader(request.accept)
        let hints = ClientHints(width: request.widthHint, pixelRatio: request.pixelRatioHint)
        let resolution = try Self.parse { () throws(TransformationError) in
            try transformation.resolve(
                named: named, defaults: OutputDefaults(endpoint, isThumbnail: url.isThumbnail),
                accepting: AcceptedFormats(accept), hints: hints)
        }
        (self.resolution, self.hints) = (resolution, hints)
        layerInputs = resolution.layerInputs
        heededHints = resolution == .original ? [] : transformation.hints(named: named)
        clientConditions = ConditionalRequest(
            ifNoneMatch: request.clientIfNoneMatch, ifModifiedSince: request.clientIfModifiedSince)
        isOnlyNamed = transformation.isOnlyNamed
        isPlain = transformation.isEmpty && !url.isThumbnail
        object = url.object
        passthroughQuery = url.query.passthrough
        clientHost = request.host
        edgeConditions = ConditionalRequest(ifNoneMatch: request.ifNoneMatch, ifModifiedSince: request.ifModifiedSince)
        home = HomeQuestion(request, route.home)
        range = request.range.flatMap { RangeRequest($0) }
        ifRange = request.ifRange
        attachmentName =
            url.query.switches.isAttachment ? url.query.switches.attachmentFilename ?? url.object.name : nil
        let original = Self.originalFields(
            route, url.object, query: url.query.passthrough, clientHost: request.host)
        originalFields = original
        // A file that goes out as it is is another answer than what a transformation without effect makes of it.
        let use = Self.passesFiles(resolution, isPlain: isPlain) ? "any file" : "picture"
        key = EntryKey(
            .variant,
            Digest.of("variant", [Engine.version] + original + [resolution.canonical, endpoint.svg.rawValue, use]))
    }

    private static func parse<Value>(
        _ body: () throws(TransformationError) -> Value
    ) throws(DeliveryError) -> Value {
        do { return try body() } catch { throw DeliveryError(error) }
    }

    private static func originalFields(
        _ route: Route, _ object: ObjectPath, query: String, clientHost: String
    ) -> [String] {
        route.identity + [object.canonical, query] + (route.forwardsHost ? [Site.nameOnly(clientHost)] : [])
    }

    /// The same order as far as something else is fetched for it from the same URL endpoint: a default image, what a
    /// layer shows. The client's query belongs to its own original alone.
    func fetching(_ object: ObjectPath) -> Order {
        var order = self
        (order.object, order.passthroughQuery) = (object, object.query)
        order.originalFields = Self.originalFields(route, object, query: object.query, clientHost: clientHost)
        return order
    }

    /// The name of the original, for the flight that fetches it and for its copy; made only where one is.
    var originalKey: EntryKey { EntryKey(.original, Digest.of("original", originalFields)) }

    /// A private original shows itself to signed URLs and to named transformations alone (design §4.3).
    var maySeePrivate: Bool { authorisation.isSigned || isOnlyNamed }

    /// The entity tag of what is made of an original: known before anything is rendered (design §4.3).
    ///
    /// - Parameter purge: the number of the last purge that has hit it; 0 for none.
    func entityTag(of identity: String, purge: UInt64) -> EntityTag? {
        // The key stands for all of the inputs but the original.
        let fields = [key.description, identity] + (purge == 0 ? [] : ["\(purge)"])
        return EntityTag(String(Digest.of("entity tag", fields).hex.prefix(Self.entityTagLength)))
    }

    private static let entityTagLength = 32

    /// The value of `Link` that names the object's place on its owner's own site; `nil` where the origin wants none
    /// (platform reference §3.1).
    func canonicalLink(of originID: String) -> String? {
        route.canonicalBases[originID].map { base in
            "<\(base)\(base.hasSuffix("/") ? "" : "/")\(object.canonical)>; rel=\"canonical\""
        }
    }

    /// Whether what is no picture may go out as it is.
    var passesFiles: Bool { Self.passesFiles(resolution, isPlain: isPlain) }

    private static func passesFiles(_ resolution: Resolution, isPlain: Bool) -> Bool {
        isPlain || resolution == .original
    }

    /// - Parameters:
    ///   - range: the part that is wanted.
    ///   - known: what is known of a copy already.
    func originRequest(range: ByteRange? = nil, known: Original.Metadata? = nil) -> OriginRequest {
        let query = passthroughQuery.isEmpty ? nil : passthroughQuery
        return OriginRequest(
            path: OriginPath(segments: object.segments, encoded: object.canonical), query: query,
            clientHost: clientHost,
            absoluteURL: object.absoluteURL, range: range, known: known)
    }
}

extension Resolution {
    fileprivate var layerInputs: [LayerInput] {
        if case .variant(let plan) = self { plan.inputs } else { [] }
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
package enum Engine {
    /// To be changed whenever the same plan and original give other bytes.
    package static let version = "5"
}

extension TransformationRules {
    /// How a URL endpoint wants transformations to be read.
    ///
    /// - Parameter isSigned: whether the owner has signed them, so that the endpoint's ladder does not count.
    package init(_ endpoint: URLEndpoint, limits: TransformationLimits, isSigned: Bool) {
        self.init(
            limits: limits, unknownParameters: endpoint.unknownParameters == .ignore ? .ignore : .reject,
            ladder: isSigned ? Ladder() : endpoint.ladder)
    }
}

extension OutputDefaults {
    package init(_ endpoint: URLEndpoint, isThumbnail: Bool) {
        let ofEndpoint = OutputDefaults(endpoint)
        self = isThumbnail ? ofEndpoint.ofThumbnail : ofEndpoint
    }

    private init(_ endpoint: URLEndpoint) {
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
    package init(_ accept: AcceptHeader) {
        self = []
        if accept.acceptsWebP { insert(.webp) }
        if accept.acceptsAVIF { insert(.avif) }
    }
}
