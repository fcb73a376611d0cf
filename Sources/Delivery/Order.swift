import Caching
import Configuration
import Digests
import HTTPRules
import Logging
import Origins
import Purging
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
    /// The name of the answer in the caches.
    let key: EntryKey
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
        clientConditions = ConditionalRequest(
            ifNoneMatch: request.clientIfNoneMatch, ifModifiedSince: request.clientIfModifiedSince)
        isOnlyNamed = transformation.isOnlyNamed
        isPlain = transformation.isEmpty
        object = url.object
        passthroughQuery = url.query.passthrough
        clientHost = request.host
        edgeConditions = ConditionalRequest(ifNoneMatch: request.ifNoneMatch, ifModifiedSince: request.ifModifiedSince)
        range = request.range.flatMap { RangeRequest($0) }
        ifRange = request.ifRange
        attachmentName =
            url.query.switches.isAttachment ? url.query.switches.attachmentFilename ?? url.object.name : nil
        let heard = route.forwardsHost ? [Site.nameOnly(request.host)] : []
        let original = route.identity + [url.object.canonical, url.query.passthrough] + heard
        originalFields = original
        key = EntryKey(
            .variant,
            Digest.of("variant", [Engine.version] + original + [resolution.canonical, endpoint.svg.rawValue]))
    }

    private static func parse<Value>(
        _ body: () throws(TransformationError) -> Value
    ) throws(DeliveryError) -> Value {
        do { return try body() } catch { throw DeliveryError(error) }
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

    /// How purges know what is made, or the copy of its original.
    func purgeSubject(_ source: Entry.Source, isOriginal: Bool) -> PurgeSubject {
        let resolution = resolution
        return PurgeSubject(
            account: route.account.id, path: route.purgePath(of: object), query: passthroughQuery,
            plan: { isOriginal ? nil : resolution.canonical }, tags: source.tags,
            origin: source.originID.isEmpty ? nil : source.originID, possibleOrigins: route.endpoint.origins,
            inputs: source.inputs.map { PurgeSubject.Input(path: $0) })
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
    var passesFiles: Bool { isPlain || resolution == .original }

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
    static let version = "2"
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
