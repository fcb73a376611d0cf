import Configuration
import Testing

/// The version that regions compare: the hash of the file without what each region may have in its own way.
struct VersionTests {
    static let yaml = """
        region: eu
        regions:
          eu: { url: "https://eu.example", place: Frankfurt }
          us: { url: "https://us.example", workers: { slots: 64 } }
        regionSecret: "${SECRET}"
        workers: { processes: 2 }
        limits: { frames: 10, steps: 5 }
        accounts:
          - id: demo
            insecure: true
            privateKeys: [one_key, another_key]
            origins: [{ id: o, type: WEB_PROXY }]
        """

    static func version(
        _ yaml: String, secret: String = "known to us alone", overrides: Configuration.Overrides = .init()
    ) throws -> String {
        try parse(yaml, environment: ["SECRET": secret], overrides: overrides).version
    }

    struct Change: CustomTestStringConvertible {
        let before: String
        let after: String
        var testDescription: String { "\(before) → \(after)" }

        init(_ before: String, _ after: String) {
            self.before = before
            self.after = after
        }
    }

    @Test func isTwentyFourDigitsOfTheFile() throws {
        let version = try Self.version(Self.yaml)
        #expect(version.count == 24 && version.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(try parse(minimalAccount).version != version)
    }

    @Test(arguments: [
        Change("region: eu", "region: us"),
        Change("region: eu", "# nobody is named\nregion: eu"),
        Change("workers: { processes: 2 }", "workers: { processes: 3, slots: 8 }\nredis: { url: \"redis://r\" }"),
        Change("workers: { processes: 2 }\n", "store: { type: DISK, path: /s }\ncache: { edgeAge: 1s }\n"),
        Change("workers: { slots: 64 }", "redis: { url: \"redis://r\" }, cache: { errorAge: 1s }"),
        Change(", workers: { slots: 64 } }", ", store: { type: DISK, path: /s } }"),
        Change("workers: { processes: 2 }", "workers: { listen: \"10.0.0.1:9000\", hosts: [\"10.0.0.1:9000\"] }"),
        Change("workers: { processes: 2 }\n", "cache: { sharedMaxAge: 1s }\n"),
        Change("frames: 10, steps: 5", "steps: 5, frames: 10"),
        Change("limits: { frames: 10, steps: 5 }", "limits:\n  frames: '10'  # few\n  steps: \"5\""),
        Change("url: \"https://eu.example\", place: Frankfurt", "place: Frankfurt, url: 'https://eu.example'"),
        Change("privateKeys: [one_key, another_key]", "privateKeys:\n      - one_key\n      - another_key"),
    ])
    func isTheSame(_ change: Change) throws {
        let changed = Self.yaml.replacing(change.before, with: change.after)
        #expect(changed != Self.yaml)
        #expect(try Self.version(changed) == Self.version(Self.yaml))
    }

    @Test(arguments: [
        Change("frames: 10", "frames: 11"),
        Change("frames: 10, ", ""),
        Change("place: Frankfurt", "place: Frankfurt, addresses: [203.0.113.5]"),
        Change("place: Frankfurt", "place: Frankfurt, location: [50.1, 8.7]"),
        Change("accounts:", "dns: { zone: a.example, host: b.a.example, nameservers: [n.example] }\naccounts:"),
        Change(
            "id: demo",
            "id: demo\n    urlEndpoints: [{ urlPrefix: \"\", cdn: { type: HTTP, url: \"https://c.example\" } }]"),
        Change("frames: 10, steps: 5", "frames: 5, steps: 10"),
        Change("[one_key, another_key]", "[another_key, one_key]"),
        Change("[one_key, another_key]", "[\"one_key, another_key\"]"),
        Change("place: Frankfurt", "place: Berlin"),
        Change("https://us.example", "https://us.example:444"),
        Change("  us: {", "  ap: {"),
        Change("${SECRET}", "${SECRET}${SECRET}"),
        Change("id: demo", "id: demo\n    homeRegion: us"),
        Change("id: demo", "id: demo\n    namedTransformations: { a: w-1 }"),
        Change("accounts:", "timeouts: { confirm: 61s }\naccounts:"),
    ])
    func differs(_ change: Change) throws {
        let changed = Self.yaml.replacing(change.before, with: change.after)
        #expect(changed != Self.yaml)
        #expect(try Self.version(changed) != Self.version(Self.yaml))
    }

    @Test func isThatOfTheFileWhateverTheInstance() throws {
        let version = try Self.version(Self.yaml)
        let overrides = Configuration.Overrides(region: "us", processes: 7, redis: "redis://r", store: "/s")
        #expect(try Self.version(Self.yaml, overrides: overrides) == version)
        #expect(try Self.version(Self.yaml, secret: "another one, as long") == version)
    }
}
