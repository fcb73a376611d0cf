import Transformation

/// One tenant; its id is the first segment of a delivery URL.
package struct Account: Sendable, Equatable {
    /// Letters, digits, `-` and `_`, 1…100; unique in the file.
    package let id: String
    /// Names the account towards the HTTP API; no secret.
    package let publicKey: String?
    /// The first signs, all verify.
    package let privateKeys: [Secret]
    /// Whether it may do without private keys, and let strangers use WEB_PROXY origins.
    package let isInsecure: Bool
    /// The region that fetches and transforms; `nil` leaves it to the region that was asked.
    package let homeRegion: String?
    /// Unique by id.
    package let origins: [OriginSettings]
    /// Unique by prefix; never empty.
    ///
    /// An account whose file names none has the default one (empty prefix) with its first origin attached, as the first
    /// origin of an ImageKit account is (platform reference §2.1).
    package let urlEndpoints: [URLEndpoint]
    /// Name to transformation text, without `tr:`.
    package let namedTransformations: [String: String]
}

extension Account {
    /// Rotation keeps a few keys alive; the bound keeps verification cheap.
    private static let privateKeysLimit = 10
    private static let namedTransformationsLimit = 250

    init(from section: Section, regions: Set<String>, limits: Configuration.Limits) {
        id = section.required("id", .accountID.unique(in: "accounts"))
        publicKey = section.value("publicKey", .text(max: 100))
        let keys = section.judged {
            section.values("privateKeys", .secret(max: 200), limit: Self.privateKeysLimit)
        }
        privateKeys = keys.value
        homeRegion = section.value("homeRegion", .member(of: regions, what: "region"))
        let origins = section.judged {
            section.sections("origins") { OriginSettings(from: $0, account: section.path) }
        }
        self.origins = origins.value
        isInsecure = section.value("insecure", .boolean) ?? false
        let surroundings = URLEndpoint.Surroundings(
            account: section.path, namesHome: section.has("homeRegion"), isInsecure: isInsecure,
            // What stands in for an origin without a good type is none.
            origins: origins.value, mayJudgeOrigins: origins.isRight, regions: regions, mostSteps: limits.steps)
        let endpoints = section.judged { section.sections("urlEndpoints") { URLEndpoint(from: $0, surroundings) } }
        let isDefault = endpoints.value.isEmpty
        urlEndpoints = isDefault ? [URLEndpoint(origins: self.origins.prefix(1).map(\.id))] : endpoints.value
        namedTransformations = section.dictionary(
            "namedTransformations", names: .transformationName, .text(max: 4096), limit: Self.namedTransformationsLimit
        )
        for (name, text) in namedTransformations.sorted(by: { $0.key < $1.key }) {
            do {
                try Transformation.validate(named: text)
            } catch {
                section.report(.transformation(error), at: "namedTransformations.\(name)")
            }
        }
        if !isInsecure, privateKeys.isEmpty, keys.isRight, !urlEndpoints.allSatisfy(\.isInsecure) {
            section.report(.exposed(.noKey), at: "privateKeys")
        }
        // The one that stands in for none.
        if isDefault, endpoints.isRight, case .openProxy(let origin)? = surroundings.exposure(of: urlEndpoints[0]) {
            section.report(.exposed(.openProxyByDefault(origin: origin)), at: "urlEndpoints")
        }
    }
}
