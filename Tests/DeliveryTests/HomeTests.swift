import Configuration
import Delivery
import HTTPRules
import Testing

/// What becomes of a URL endpoint whose home is another region, where none can be asked.
@Suite struct HomeTests {
    private static let regions = [
        "region: here",
        "regions: { here: { url: \"http://127.0.0.1:1\" }, there: { url: \"http://127.0.0.1:2\" } }",
    ]

    private func installation(homeRegion: String, residency: String, path: String = "photos") throws -> Installation {
        let accounts = """
              - id: demo
                insecure: true
                origins: [{ id: photos, type: DISK, path: \(path) }]
                urlEndpoints:
                  - { urlPrefix: "", origins: [photos], homeRegion: \(homeRegion), residency: \(residency) }
            """
        let installation = try Installation(accounts: accounts, settings: Self.regions, hasStore: true)
        try installation.folder.writePNG("photos/a.png")
        return installation
    }

    struct Case: Sendable {
        let homeRegion: String
        let residency: String
        let status: Int
    }

    @Test(arguments: [
        Case(homeRegion: "here", residency: "none", status: 200),
        Case(homeRegion: "there", residency: "none", status: 200),
        Case(homeRegion: "here", residency: "home", status: 200),
        Case(homeRegion: "there", residency: "home", status: 503),
    ])
    func whatIsBoundElsewhereIsNotMadeHere(_ item: Case) throws {
        let installation = try installation(homeRegion: item.homeRegion, residency: item.residency)
        let response = installation.get("/demo/a.png?tr=orig-true")
        #expect(response.status == item.status)
        #expect(response.header("x-apus-region") == "here")
        #expect((response.header("ik-error") == nil) == (item.status == 200))
        #expect((response.header("Retry-After") == nil) == (item.status == 200))
    }

    /// A folder that is not here says nothing about what is in it.
    @Test func aFolderThatOnlyTheHomeHasIsNotAnEmptyOne() throws {
        let installation = try installation(homeRegion: "there", residency: "none", path: "elsewhere")
        #expect(installation.get("/demo/a.png?tr=orig-true").status == 503)
        #expect(installation.get("/demo/a.png?tr=orig-true").header("Cache-Control") == "no-store")
    }

    /// What another region asks is never asked of a third, and so made here, whatever the own file says.
    @Test func aRegionThatIsAskedAsksNobody() throws {
        let installation = try installation(homeRegion: "there", residency: "none")
        let response = installation.get("/demo/a.png?tr=orig-true") { $0.isFromRegion = true }
        #expect(response.status == 200)
        #expect(response.header("x-apus-region") == "here")
    }
}
