package import Transformation

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

    /// Whether strangers may use its WEB_PROXY origins, and its account do without private keys.
    package var isInsecure = false
    /// What may be asked without a signature, of sizes, qualities, parameters and steps.
    package var ladder = Ladder()

    /// What of a URL's query counts, and is passed on to origins: `nil` is all that has no meaning of its own.
    package var queryNames: Set<String>?

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
    private static let queryNamesLimit = 50

    /// What the account and the file around it say.
    struct Surroundings {
        /// The account's path in the file.
        let account: String
        /// Whether the account names a home region.
        let namesHome: Bool
        /// Whether the account is allowed what strangers might abuse.
        let isInsecure: Bool
        let origins: [OriginSettings]
        /// Whether all origins are what they seem.
        let mayJudgeOrigins: Bool
        let regions: Set<String>
        /// The steps that any URL may chain.
        let mostSteps: Int

        func exposure(of endpoint: URLEndpoint) -> Exposure? {
            isInsecure || endpoint.isInsecure || !mayJudgeOrigins ? nil : endpoint.exposure(among: origins)
        }
    }

    init(from section: Section, _ surroundings: Surroundings) {
        urlPrefix = section.required("urlPrefix", .urlPrefix.unique(in: surroundings.account + ".urlEndpoints"))
        description = section.value("description", .text(max: 1000))
        let known = Set(surroundings.origins.map(\.id))
        let origin = Format<String>.member(of: known, what: "origin of this account").unique(
            in: section.path + ".origins")
        origins = section.values("origins", origin, limit: Self.originsLimit)
        hosts = section.values("hosts", .host.unique(in: "hosts"), limit: Self.hostsLimit)
        homeRegion = section.value("homeRegion", .member(of: surroundings.regions, what: "region"))
        residency = section.choice("residency") ?? residency
        if residency == .home, surroundings.regions.count > 1, !surroundings.namesHome, !section.has("homeRegion") {
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
        ladder = .reading(section, mostSteps: surroundings.mostSteps)
        queryNames = section.distinct("query", .text(max: 100), counts: 0...Self.queryNamesLimit).map { Set($0) }
        isInsecure = section.value("insecure", .boolean) ?? isInsecure
        cdn = .reading(section)
        if let exposure = surroundings.exposure(of: self) { section.report(.exposed(exposure), at: "unsigned") }
    }
}
