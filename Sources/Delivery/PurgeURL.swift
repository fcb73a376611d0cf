import Configuration
import Management
import Purging
import Transformation

/// What the URL of a purge means (design §4.3): which originals, or which variant of them.
///
/// Scheme and port are ignored, and the host too unless it is a custom one. Any `*` at the end is a wildcard; elsewhere it
/// is itself. Where a wildcard could be read in two ways, the wider one counts: too much made anew harms less than too little.
struct PurgeURL {
    private let site: Site
    private let limits: TransformationLimits

    init(site: Site, limits: TransformationLimits) {
        self.site = site
        self.limits = limits
    }

    /// `nil` for what is no URL of ours, or of none of these accounts.
    func resolve(_ url: String, accounts: Set<String>) -> ResolvedPurge? {
        var text = Substring(url)
        let isOpen = text.hasSuffix("*")
        if isOpen { text.removeLast() }
        guard let (host, target) = Self.split(text) else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? parts[1] : nil
        guard
            let path = try? RequestPath((parts.first ?? "").utf8, limits: limits),
            let place = site.place(host: String(host), path: path), accounts.contains(place.account)
        else { return nil }
        let purge =
            isOpen && query == nil
            ? everythingBelow(place, path) : one(place, path, query: query ?? "", isOpen: isOpen)
        return purge.map { ResolvedPurge(account: place.account, target: $0) }
    }

    /// The host, with its port, and what follows it; `nil` for what is no absolute web address.
    private static func split(_ text: Substring) -> (host: Substring, target: Substring)? {
        guard let scheme = text.firstRange(of: "://"),
            ["http", "https"].contains(text[..<scheme.lowerBound].lowercased())
        else { return nil }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        return (rest[..<end], rest[end...])
    }

    // MARK: One original or variant

    private func one(_ place: PurgePlace, _ path: RequestPath, query: Substring, isOpen: Bool) -> PurgeTarget? {
        // An item that ends before its `=` may go on as a transformation.
        let query = isOpen ? Self.withoutOpenName(query) : query
        guard
            let route = place.route,
            let url = try? DeliveryURL(
                path: path, consumed: route.consumedSegments, query: query.utf8,
                keepingQuery: route.endpoint.queryNames, keepingEmptySegments: route.hasWebProxy, limits: limits)
        else { return nil }
        let object = route.purgePath(of: url.object)
        if isOpen {
            // A transformation that ends somewhere, or is to begin, may go on in many ways: every variant is meant.
            let isOwn = url.transformations.isEmpty && !url.query.passthrough.isEmpty
            return isOwn ? .prefix("\(object)?\(url.query.passthrough)") : .path(object)
        }
        guard url.transformations.isEmpty, !url.isThumbnail else {
            return variants(of: .path(object), url.transformations, route, thumbnails: [url.isThumbnail])
        }
        return url.query.passthrough.isEmpty ? .path(object) : .exact(path: object, query: url.query.passthrough)
    }

    private static func withoutOpenName(_ query: Substring) -> Substring {
        let last = query.lastIndex(of: "&").map { query[query.index(after: $0)...] } ?? query
        return last.contains("=") ? query : query[..<last.startIndex]
    }

    /// What a transformation makes for any client of the originals that `pattern` means.
    ///
    /// - Parameter thumbnails: whether of them, of stills of them, or both.
    private func variants(
        of pattern: PurgePattern, _ texts: [String], _ route: Route, thumbnails: [Bool] = [false]
    ) -> PurgeTarget? {
        let rules = TransformationRules(route.endpoint, limits: limits, isSigned: true)
        guard let transformation = try? Transformation(texts, rules: rules) else { return nil }
        // Nobody can list the screens that hints may speak of: the originals are meant.
        let named = route.account.namedTransformations
        guard transformation.hints(named: named).isEmpty else { return .originals(pattern) }
        guard let signed = resolutions(transformation, route, thumbnails) else { return nil }
        // Untouched is no variant.
        guard !signed.contains(.original) else { return .originals(pattern) }
        // The ladder may make something else of a URL without a signature, or nothing.
        let open = TransformationRules(route.endpoint, limits: limits, isSigned: false)
        let unsigned = (try? Transformation(texts, rules: open)).flatMap { resolutions($0, route, thumbnails) } ?? []
        return .variant(pattern, plans: Set((signed + unsigned).map(\.canonical)))
    }

    /// In their one spelling, for every client.
    private func resolutions(
        _ transformation: Transformation, _ route: Route, _ thumbnails: [Bool]
    ) -> [Resolution]? {
        let clients: [AcceptedFormats] = [[], .webp, .avif, [.webp, .avif]]
        var found: [Resolution] = []
        for defaults in thumbnails.map({ OutputDefaults(route.endpoint, isThumbnail: $0) }) {
            for client in clients {
                let resolution = try? transformation.resolve(
                    named: route.account.namedTransformations, defaults: defaults, accepting: client)
                guard let resolution else { return nil }
                found.append(resolution)
            }
        }
        return found
    }

    // MARK: Everything below

    private func everythingBelow(_ place: PurgePlace, _ path: RequestPath) -> PurgeTarget? {
        var segments = Array(path.segments.dropFirst(place.accountSegments))
        var transformation: String?
        if let index = segments.firstIndex(where: { $0.starts(with: "tr:".utf8) }) {
            let text = String(decoding: segments[index].dropFirst(3), as: UTF8.self)
            let isCutShort = index == segments.count - 1
            if !isCutShort { transformation = text }
            segments.remove(at: index)
            // The wildcard stands in the transformation itself: all that lies there is meant.
            if isCutShort { segments.append([]) }
        }
        let start = max(0, (place.route?.consumedSegments ?? 0) - place.accountSegments)
        // What looks like the beginning of the mark may be that of a name.
        let thumbnails = Self.cutOpenThumbnail(offTheEndOf: &segments, behind: start) ? [false, true] : [false]
        if segments.indices.contains(start), segments[start].elementsEqual("ik-seo".utf8) {
            segments.remove(at: start)
            // The friendly name at the end is none of the original's.
            if segments.count > start + 1 { segments.removeLast() }
        }
        let keepsEmpty = place.route?.hasWebProxy ?? false
        let filled = segments.enumerated().filter { keepsEmpty || !$1.isEmpty || $0 == segments.count - 1 }.map(\.1)
        let object = Array(filled.dropFirst(start))
        let named = filled.prefix(start) + (keepsEmpty ? ObjectPath.respellingURL(object) : object)
        let prefix = place.base + "/" + ObjectPath.canonical(named)
        guard let transformation else { return .prefix(prefix) }
        guard let route = place.route else { return nil }
        return variants(of: .prefix(prefix), [transformation], route, thumbnails: thumbnails)
    }

    /// Removes the last segment if it begins the mark of thumbnails and something stands before it that one could be of:
    /// that is where the object's path ends. A letter or two are a name.
    private static func cutOpenThumbnail(offTheEndOf segments: inout [[UInt8]], behind start: Int) -> Bool {
        guard let last = segments.last, last.starts(with: thumbnailBeginning),
            DeliveryURL.thumbnailMark.starts(with: last),
            segments.dropFirst(start).dropLast().contains(where: { !$0.isEmpty })
        else { return false }
        segments.removeLast()
        while segments.last?.isEmpty == true { segments.removeLast() }
        return true
    }

    private static let thumbnailBeginning = Array("ik-".utf8)
}

/// Where the path of a purge's URL begins.
struct PurgePlace {
    let account: String
    /// The URL endpoint that the path leads to; `nil` where it ends before that is known.
    let route: Route?
    /// What the purge paths of this place begin with.
    let base: String
    /// The leading path segments that `base` stands for.
    let accountSegments: Int
}

extension Site {
    /// `nil` where the path names no account.
    func place(host: String, path: RequestPath) -> PurgePlace? {
        if let route = customHost(host) {
            return PurgePlace(account: route.account.id, route: route, base: route.purgeBase, accountSegments: 0)
        }
        // Only what stands before a slash is a whole name.
        guard path.segments.count > 1, let id = path.text(at: 0) else { return nil }
        return PurgePlace(
            account: id, route: endpoint(account: id, path: path), base: "/" + id, accountSegments: 1)
    }
}

extension Route {
    /// How purges name what lies below this URL endpoint, by whichever host it was asked for.
    var purgeBase: String {
        "/" + account.id + (endpoint.urlPrefix.isEmpty ? "" : "/" + endpoint.urlPrefix)
    }

    func purgePath(of object: ObjectPath) -> String { purgeBase + "/" + object.canonical }
}
