import Configuration
import Delivery
import Testing

/// What errors depend on besides their URL: the same as the picture of that URL would.
struct ErrorVarianceTests {
    private static let accounts = """
          - id: demo
            insecure: true
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - { urlPrefix: png, origins: [photos], format: png }
            namedTransformations: { fit: "w-auto,dpr-auto", wide: "w-auto", fixed: "w-300" }
          - id: other
            insecure: true
            origins: [{ id: photos, type: DISK, path: photos }]
            namedTransformations:
              fixed: "w-10,dpr-auto"
              turned: "if-w_gt_1,rt-90,if-else,w-auto,if-end"
              layered: "l-image,i-a.jpg,w-auto,l-end"
              whole: "orig-true,w-auto"
        """

    @Test(arguments: [
        ("/demo/tr:w-300/none.png", "Accept"), ("/demo/png/tr:w-300/none.png", nil),
        ("/demo/png/tr:w-auto/none.png", "Sec-CH-Width, Width"),
        ("/demo/tr:w-auto/none.png", "Accept, Sec-CH-Width, Width"),
        ("/demo/png/tr:n-fit/none.png", "Sec-CH-DPR, DPR, Sec-CH-Width, Width"),
        ("/demo/tr:orig-true/none.png", nil),
        // Found, but no picture can be made here.
        ("/demo/tr:w-auto/a.png", "Accept, Sec-CH-Width, Width"),
        // Not read so far: the same for everybody.
        ("/demo/tr:w-auto,nonsense-1/none.png", nil), ("/nobody/tr:w-auto/none.png", nil),
    ])
    func `An error names what its picture would depend on`(target: String, vary: String?) throws {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        let installation = try Installation(accounts: Self.accounts, folder: folder)
        let response = installation.get(target)
        #expect(response.status >= 400)
        #expect(response.header("Vary") == vary)
    }

    @Test func `nginx is told the names that ask for hints`() throws {
        let yaml = "accounts:\n" + Self.accounts
        let configuration = try Configuration.parse(
            [UInt8](yaml.utf8), name: "test.yaml", folder: "/nowhere", environment: [:])
        let names = HintedNames(configuration)
        #expect(names.width == ["fit", "layered", "turned", "wide"])
        #expect(names.pixelRatio == ["fit", "fixed"])
    }
}
