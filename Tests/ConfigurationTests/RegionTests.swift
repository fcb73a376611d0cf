import Configuration
import Testing

/// What a file may say of several regions, and who is home.
struct RegionTests {
    /// Two regions that are all right, and what is to be tried beside them.
    static func two(
        us: String = "url: \"https://us.example\"", secret: String? = "known to us alone", rest: String = minimalAccount
    ) -> String {
        let secret = secret.map { "\nregionSecret: \($0)" } ?? ""
        return "region: eu\nregions: { eu: { url: \"https://eu.example:8443\" }, us: { \(us) } }\(secret)\n\(rest)"
    }

    struct Case: CustomTestStringConvertible {
        let what: String
        let yaml: String
        let expected: [String]
        var testDescription: String { what }

        init(_ what: String, _ yaml: String, _ expected: String...) {
            self.what = what
            self.yaml = yaml
            self.expected = expected
        }
    }

    private static let plain = "regions.us.url: has to be https, unless it is on this machine or insecure is true"
    private static let text = "has to be a text of 1 to 1000 characters"

    private static let urls = [
        Case("two good ones", two()),
        Case("two that are never asked", two(us: "", secret: nil)),
        Case("no value", two(us: "url: ~"), "regions.us.url: has no value"),
        Case("plain HTTP", two(us: "url: \"http://us.example\""), plain),
        Case("plain HTTP to a private address", two(us: "url: \"http://10.0.0.1\""), plain),
        Case("plain HTTP to what only begins like loopback", two(us: "url: \"http://127.0.0.1.example\""), plain),
        Case("plain HTTP with a word", two(us: "url: \"http://us.example\", insecure: true")),
        Case("plain HTTP to the only region", "regions: { eu: { url: \"http://a.example\" } }\n\(minimalAccount)"),
        Case("no such word", two(us: "insecure: yes"), "regions.us.insecure: has to be true or false, not \"yes\""),
        Case("loopback by address", two(us: "url: \"http://127.8.0.1:81\"")),
        Case("loopback by name", two(us: "url: \"http://LocalHost:81\"")),
        Case("loopback of IPv6", two(us: "url: \"http://[0:0::1]:81\"")),
        Case("another address of IPv6", two(us: "url: \"http://[::2]:81\""), plain),
    ]

    private static let secrets = [
        Case("a list of secrets", two(secret: "[one of them, another one]")),
        Case("a secret without value", two(secret: "~"), "regionSecret: has no value"),
        Case("an empty one", two(secret: "\"\""), "regionSecret: \(text)"),
        Case("an empty one among them", two(secret: "[one of them, \"\"]"), "regionSecret[1]: \(text)"),
        Case("an empty list", two(secret: "[]"), "regionSecret: \(text), or a list of 1 to 5 such"),
        Case("no list", two(secret: "{ a: b }"), "regionSecret: \(text)"),
        Case("too many secrets", two(secret: "[a, b, c, d, e, f]"), "regionSecret: more than 5"),
    ]

    private static let bound = "{ urlPrefix: p, residency: home }"

    private static let rest = [
        Case("the longest wait", two(rest: minimalAccount + "\ntimeouts: { confirm: 10m }")),
        Case(
            "too short a wait", two(rest: minimalAccount + "\ntimeouts: { confirm: 999ms }"),
            "timeouts.confirm: has to be a duration from 1s to 10m, such as 20ms, 3s, 10m, 2h or 180d, not \"999ms\""),
        Case(
            "residency without a home", two(rest: "accounts: [{ id: a, insecure: true, urlEndpoints: [\(bound)] }]"),
            "accounts[0].urlEndpoints[0].homeRegion: required where residency is home and there are several regions"),
        Case(
            "residency with the account's home",
            two(rest: "accounts: [{ id: a, insecure: true, homeRegion: us, urlEndpoints: [\(bound)] }]")
        ),
        Case(
            "residency with a home of its own",
            two(
                rest: "accounts: [{ id: a, insecure: true, "
                    + "urlEndpoints: [{ urlPrefix: p, residency: home, homeRegion: eu }] }]")),
        Case("residency in the only region", "accounts: [{ id: a, insecure: true, urlEndpoints: [\(bound)] }]"),
        Case(
            "everything at once",
            two(us: "url: \"http://us.example\"", secret: "[]", rest: "accounts: [{ id: a/b, insecure: true }]"),
            "regionSecret: \(text), or a list of 1 to 5 such", plain,
            "accounts[0].id: has to be 1 to 100 letters, digits, - and _, not \"a/b\""),
    ]

    @Test(arguments: urls + secrets + rest) func isChecked(_ item: Case) {
        #expect(problems(item.yaml) == item.expected)
    }

    @Test func secretsKeepTheirOrderAndCountOnce() throws {
        let first = Secret("the first of the secrets")
        let second = Secret("the second of the secrets")
        let text = Self.two(secret: "[\"${A}\", \"${B}\", \"${A}\"]")
        let configuration = try parse(text, environment: ["A": first.value, "B": second.value])
        #expect(configuration.regionSecrets == [first, second])
        #expect(try parse(Self.two(secret: nil)).regionSecrets.isEmpty)
    }

    @Test func aSecretIsNeverShown() {
        let long = String(repeating: "hunter2", count: 200)
        let found = problems(Self.two(secret: "[\"${A}\", \"${A}x\"]"), environment: ["A": long])
        #expect(found.count == 2 && found.allSatisfy { !$0.contains("hunter2") })
    }

    @Test func theHomeIsTheEndpointsThenTheAccountsThenWhoeverWasAsked() throws {
        let yaml = Self.two(
            rest: """
                accounts:
                  - { id: a, insecure: true, homeRegion: us, urlEndpoints: [{ urlPrefix: "" }, { urlPrefix: p, homeRegion: eu }] }
                  - { id: b, privateKeys: [k] }
                """)
        for region in ["eu", "us"] {
            let configuration = try parse(yaml, overrides: .init(region: region))
            let homes = configuration.accounts.map { account in
                account.urlEndpoints.map { configuration.home(of: $0, in: account) }
            }
            #expect(homes == [["us", "eu"], [region]])
        }
    }
}
