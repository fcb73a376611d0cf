/// A prefix under the account, or custom hosts, with the origins behind it and how it delivers.
package struct URLEndpoint: Sendable, Equatable {
    /// Letters, digits and `-`, at most 100; empty is the account's default URL endpoint.
    package var urlPrefix = ""
    /// For people, 1…1000 characters.
    package var description: String?
    /// Ids of the account's origins in the order of asking, at most 10.
    package var origins: [String]
    /// Custom domains in lower case, without port; unique across all accounts.
    package var hosts: [String] = []
    /// Overrides the account's.
    package var homeRegion: String?
    /// Where its bytes may be processed and stored.
    package var residency: Residency = .none
    /// Whose `Cache-Control` is sent.
    package var cacheControl: CacheControl = .standard
    /// Keeps a copy of each original in the store.
    package var saveOriginals = false
    /// What may be asked without a signature.
    package var unsigned: Unsigned = .allow
    /// The output format when the URL names none.
    package var format: OutputFormat = .auto
    /// The output quality when the URL names none, 1…100.
    package var quality = 80
    /// What an unknown parameter of a transformation does.
    package var unknownParameters: UnknownParameters = .reject
    /// What becomes of an SVG original.
    package var svg: SVG = .keep

    /// The cache of others in front of it; `nil`: none that a purge has to reach.
    package var cdn: CDNSettings?

    /// Where its bytes may be processed and stored.
    package enum Residency: String, Sendable, CaseIterable {
        case none, home
    }

    /// Whose `Cache-Control` is sent: the installation's, or that of the origin.
    package enum CacheControl: String, Sendable, CaseIterable {
        case standard = "default"
        case origin
    }

    /// What may be asked without a signature: everything, named transformations only, nothing.
    package enum Unsigned: String, Sendable, CaseIterable {
        case allow, named, deny
    }

    /// `auto` negotiates, `orig` keeps that of the original.
    package enum OutputFormat: String, Sendable, CaseIterable {
        case auto, jpg, png, webp, avif, gif, orig
    }

    /// What an unknown parameter of a transformation does.
    package enum UnknownParameters: String, Sendable, CaseIterable {
        case reject, ignore
    }

    /// What becomes of an SVG original that is asked for without a format: kept, or made a raster picture.
    package enum SVG: String, Sendable, CaseIterable {
        case keep, rasterise
    }
}

extension URLEndpoint {
    /// The default URL endpoint with nothing but defaults.
    package init(origins: [String]) {
        self.origins = origins
    }

    private static let originsLimit = 10
    private static let hostsLimit = 100

    /// - Parameter namesHome: Whether the account names a home region.
    init(
        from section: Section, account: String, namesHome: Bool, origins known: Set<String>, regions: Set<String>
    ) {
        urlPrefix = section.required("urlPrefix", .urlPrefix.unique(in: account + ".urlEndpoints"))
        description = section.value("description", .text(max: 1000))
        let origin = Format<String>.member(of: known, what: "origin of this account").unique(
            in: section.path + ".origins")
        origins = section.values("origins", origin, limit: Self.originsLimit)
        hosts = section.values("hosts", .host.unique(in: "hosts"), limit: Self.hostsLimit)
        homeRegion = section.value("homeRegion", .member(of: regions, what: "region"))
        residency = section.choice("residency") ?? residency
        if residency == .home, regions.count > 1, !namesHome, !section.has("homeRegion") {
            section.report(
                .required(because: "where residency is home and there are several regions"), at: "homeRegion")
        }
        cacheControl = section.choice("cacheControl") ?? cacheControl
        saveOriginals = section.value("saveOriginals", .boolean) ?? saveOriginals
        unsigned = section.choice("unsigned") ?? unsigned
        format = section.choice("format") ?? format
        quality = section.value("quality", .integer(1...100)) ?? quality
        unknownParameters = section.choice("unknownParameters") ?? unknownParameters
        svg = section.choice("svg") ?? svg
        cdn = .reading(section)
    }
}
