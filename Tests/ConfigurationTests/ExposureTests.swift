import Configuration
import Testing

/// What strangers could abuse is refused unless the file says that it is meant.
struct ExposureTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let account: String
        let expected: [String]
        var testDescription: String { name }

        init(_ name: String, _ account: String, _ expected: String...) {
            (self.name, self.account, self.expected) = (name, account, expected)
        }
    }

    private static let proxy = "origins: [{ id: any, type: WEB_PROXY }]"
    private static let noKey =
        "accounts[0].privateKeys: required, because without a key nothing can be signed; make one with openssl rand "
        + "-hex 32, or say insecure: true at the account or at each of its URL endpoints"
    private static let open =
        "has to be deny, because origin any (WEB_PROXY) fetches any URL that a stranger names; sign the URLs, or "
        + "say insecure: true at the URL endpoint or the account"

    private static let openByDefault =
        "required, because without it anybody may use origin any (WEB_PROXY), which fetches any URL that a stranger names; "
        + "name a URL endpoint with unsigned: deny, or say insecure: true at the account"

    static let cases: [Case] = [
        Case("a key", "privateKeys: [k]"),
        Case("no keys", "publicKey: p", noKey),
        Case("an empty list of keys", "privateKeys: []", noKey),
        Case(
            "a bad key is told once", "privateKeys: [\"\"]",
            "accounts[0].privateKeys[0]: has to be a text of 1 to 200 characters"),
        Case("no keys, and it is meant", "insecure: true"),
        Case("no keys, meant at the only URL endpoint", "urlEndpoints: [{ urlPrefix: \"\", insecure: true }]"),
        Case(
            "no keys, meant at one of two URL endpoints",
            "urlEndpoints: [{ urlPrefix: \"\", insecure: true }, { urlPrefix: p }]", noKey),
        Case("no keys, and it is said not to be meant", "insecure: false", noKey),
        Case(
            "an open proxy", "privateKeys: [k], \(proxy), urlEndpoints: [{ urlPrefix: \"\", origins: [any] }]",
            "accounts[0].urlEndpoints[0].unsigned: \(open)"),
        Case(
            "an open proxy as the first origin of the default URL endpoint", "privateKeys: [k], \(proxy)",
            "accounts[0].urlEndpoints: \(openByDefault)"),
        Case(
            "no URL endpoint is good, which is told alone", "privateKeys: [k], \(proxy), urlEndpoints: [p]",
            "accounts[0].urlEndpoints[0]: has to be a mapping of keys to values"),
        Case(
            "a proxy behind signatures",
            "privateKeys: [k], \(proxy), urlEndpoints: [{ urlPrefix: \"\", origins: [any], unsigned: deny }]"),
        Case(
            "a proxy behind named transformations",
            "privateKeys: [k], \(proxy), urlEndpoints: [{ urlPrefix: \"\", origins: [any], unsigned: named }]"),
        Case("a proxy that no URL endpoint has", "privateKeys: [k], \(proxy), urlEndpoints: [{ urlPrefix: \"\" }]"),
        Case(
            "an open proxy that is meant, here",
            "privateKeys: [k], \(proxy), urlEndpoints: [{ urlPrefix: \"\", origins: [any], insecure: true }]"),
        Case("an open proxy that is meant, everywhere", "privateKeys: [k], insecure: true, \(proxy)"),
        Case(
            "an open proxy beside another origin, without a key",
            "origins: [{ id: o, type: DISK, path: a }, { id: any, type: WEB_PROXY }], "
                + "urlEndpoints: [{ urlPrefix: a, origins: [o] }, { urlPrefix: b, origins: [o, any] }]",
            "accounts[0].urlEndpoints[1].unsigned: \(open)", noKey),
        Case(
            "insecure is true or false", "privateKeys: [k], insecure: yes",
            "accounts[0].insecure: has to be true or false, not \"yes\""),
    ]

    @Test(arguments: cases) func isJudged(_ item: Case) {
        #expect(problems("accounts: [{ id: demo, \(item.account) }]") == item.expected)
    }
}
