import Configuration
import Delivery
import Explaining
import HostileOrigin
import JSONReading
import Logging
import OriginMaking
import Testing

/// What is said of the region that fetches and transforms.
struct ExplainedHomeTests {
    /// As seen from `us`; the folder of `eu` is not there.
    private static let regions = ["region: us", "regions: { eu: {}, us: {} }"]
    private static func accounts(_ url: String) -> String {
        """
          - id: demo
            insecure: true
            homeRegion: eu
            origins:
              - { id: photos, type: DISK, path: nowhere }
              - { id: shop, type: WEB_FOLDER, baseUrl: "\(url)" }
            urlEndpoints:
              - { urlPrefix: "", origins: [shop] }
              - { urlPrefix: own, origins: [shop], homeRegion: us, residency: home }
              - { urlPrefix: folder, origins: [photos] }
              - { urlPrefix: bound, origins: [shop], residency: home }
        """
    }

    struct Case: CustomTestStringConvertible {
        let url: String
        let region: String
        let keepsResidency: Bool
        let whileAway: Explanation.Home.WhileAway?
        var testDescription: String { url }
    }

    @Test(arguments: [
        Case(url: "/demo/a.jpg", region: "eu", keepsResidency: false, whileAway: .madeHere),
        Case(url: "/demo/own/a.jpg", region: "us", keepsResidency: true, whileAway: nil),
        Case(url: "/demo/folder/a.jpg", region: "eu", keepsResidency: false, whileAway: .refused),
        Case(url: "/demo/bound/tr:w-x/a.jpg", region: "eu", keepsResidency: true, whileAway: .refused),
    ])
    func `It is named, with what happens while it is away`(_ expected: Case) throws {
        let yaml = (Self.regions + ["accounts:", Self.accounts("http://127.0.0.1:1")]).joined(separator: "\n")
        let configuration = try Configuration.parse(
            [UInt8](yaml.utf8), name: "test.yaml", folder: "/nowhere", environment: [:])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let explanation = Explainer(configuration, outside: Outside(configuration, environment: [:]), logger: logger)
            .explain(ExplainQuestion(url: expected.url))
        let home = try #require(explanation.home)
        #expect(home.region == expected.region && home.isUsable == nil)
        #expect(home.keepsResidency == expected.keepsResidency)
        #expect(home.isHere == (expected.region == "us") && home.whileAway == expected.whileAway)
        #expect(explanation.fact["home"]?["whileAway"] == expected.whileAway.map { .text($0.rawValue) })
    }

    @Test func `Nothing is fetched that may be in its home region only`() throws {
        try HostileOrigin.serve({ _ in .answer(200, body: "GIF89a") }) { origin in
            let installation = try Installation(accounts: Self.accounts(origin.url), settings: Self.regions)
            func status(_ target: String) -> Int {
                installation.get("/_apus/explain?url=\(target)&fetch=1") { $0.remoteAddress = "127.0.0.1" }.status
            }
            #expect(status("/demo/bound/a.gif") == 400)
            #expect(origin.requests.isEmpty)
            #expect(status("/demo/own/a.gif") == 200)
            #expect(origin.requests.count == 1)
        }
    }
}
