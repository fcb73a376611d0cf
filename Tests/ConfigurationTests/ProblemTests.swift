import Configuration
import Testing

/// Bad files: each problem at its path, all of them at once.
struct ProblemTests {
    struct Case: CustomTestStringConvertible {
        let yaml: String
        let expected: [String]
        var testDescription: String { expected.first ?? yaml }

        init(_ yaml: String, _ expected: String...) {
            self.yaml = yaml
            self.expected = expected
        }

        /// What stands in the file's only account.
        static func account(_ yaml: String, _ expected: String...) -> Case {
            Case("accounts: [{ id: demo, insecure: true, \(yaml) }]", expected)
        }

        /// What stands in the file's only origin, after its id.
        static func origin(_ yaml: String, _ expected: String...) -> Case {
            Case(
                "accounts: [{ id: demo, insecure: true, origins: [{ id: o, \(yaml) }] }]",
                expected.map { "accounts[0].origins[0].\($0)" })
        }

        /// What stands in the file's only URL endpoint, after its prefix.
        static func endpoint(_ yaml: String, _ expected: String...) -> Case {
            Case(
                "accounts: [{ id: demo, insecure: true, urlEndpoints: [{ urlPrefix: \"\", \(yaml) }] }]",
                expected.map { "accounts[0].urlEndpoints[0].\($0)" }
            )
        }

        /// What stands beside a good account.
        static func top(_ yaml: String, _ expected: String...) -> Case {
            Case(minimalAccount + "\n" + yaml, expected)
        }

        init(_ yaml: String, _ expected: [String]) {
            self.yaml = yaml
            self.expected = expected
        }
    }

    /// Accounts with these ids.
    private static func withKeys(_ ids: String...) -> String {
        "accounts: [" + ids.map { "{ id: \($0), privateKeys: [k] }" }.joined(separator: ", ") + "]"
    }

    static let cases: [Case] = [
        // Shape.
        Case("", "accounts: required"),
        Case("# nothing\n", "accounts: required"),
        Case("accounts: []", "accounts: required"),
        Case("just text", "apus.yaml: has to be a mapping of keys to values"),
        Case("accounts: {}", "accounts: has to be a list, each item a mapping of keys to values"),
        Case("accounts: [demo]", "accounts[0]: has to be a mapping of keys to values"),
        .top(
            "colour: red",
            "colour: unknown key; known here: workers, redis, store, cache, regions, region, regionSecret, "
                + "limits, loaders, timeouts, network, dns, accounts"),
        .top(
            "\"a b\\n\": 1\nregion: here",
            "\"a b\\n\": unknown key; known here: workers, redis, store, cache, regions, "
                + "region, regionSecret, limits, loaders, timeouts, network, dns, accounts"),
        .top("workers:", "workers: has no value"),
        .top("workers: 3", "workers: has to be a mapping of keys to values"),
        .top("workers: { processes: [1] }", "workers.processes: has to be a whole number from 1 to 64"),
        .top(
            "workers: { prcesses: 1 }",
            "workers.prcesses: unknown key; known here: processes, slots, renders, memory, listen, hosts, fronts"),
        .top(
            "network: { allow: 10.0.0.0/8 }",
            "network.allow: has to be a list, each item an address range such as 10.0.0.0/8 or fd00::/8"),
        .top("{ a: b }: c", "apus.yaml: its keys have to be plain words"),

        // Numbers, sizes, durations.
        .top(
            "workers: { processes: 0, slots: 3, renders: -1 }",
            "workers.processes: has to be a whole number from 1 to 64, not \"0\"",
            "workers.slots: has to be a whole number from 4 to 4096, not \"3\"",
            "workers.renders: has to be a whole number from 0 to 256, not \"-1\""),
        .top(
            "workers: { processes: 99999999999999999999 }",
            "workers.processes: has to be a whole number from 1 to 64, not \"99999999999999999999\""),
        .top(
            "limits: { sourceBytes: 40Mb }",
            "limits.sourceBytes: has to be a size from 1000 to 2000000000 bytes, such as 524288, 40MB or "
                + "4MiB, not \"40Mb\""
        ),
        .top(
            "limits: { sourceBytes: 9223372036854775807TB }",
            "limits.sourceBytes: has to be a size from 1000 to 2000000000 bytes, such as 524288, 40MB or 4MiB, "
                + "not \"9223372036854775807TB\""),
        .top(
            "limits: { sourcePixels: 100MB }",
            "limits.sourcePixels: has to be a number of pixels from 1 to 1000000000, such as 100MP, not \"100MB\""),
        .top(
            "cache: { maxAge: 180 }",
            "cache.maxAge: has to be a duration from 1s to 365d, such as 20ms, 3s, 10m, 2h or 180d, not \"180\""),
        .top(
            "timeouts: { redis: 0ms, total: 1.5s }",
            "timeouts.total: has to be a duration from 100ms to 10m, such as 20ms, 3s, 10m, 2h or 180d, not \"1.5s\"",
            "timeouts.redis: has to be a duration from 1ms to 10s, such as 20ms, 3s, 10m, 2h or 180d, not \"0ms\""),

        // Network.
        .top(
            "network: { allow: [\"127.1\", 010.0.0.0/8, 10.0.0.0/33, \"::/129\", host, 10.0.0.0/08] }",
            "network.allow[0]: has to be an address range such as 10.0.0.0/8 or fd00::/8, not \"127.1\"",
            "network.allow[1]: has to be an address range such as 10.0.0.0/8 or fd00::/8, not \"010.0.0.0/8\"",
            "network.allow[2]: has to be an address range such as 10.0.0.0/8 or fd00::/8, not \"10.0.0.0/33\"",
            "network.allow[3]: has to be an address range such as 10.0.0.0/8 or fd00::/8, not \"::/129\"",
            "network.allow[4]: has to be an address range such as 10.0.0.0/8 or fd00::/8, not \"host\"",
            "network.allow[5]: has to be an address range such as 10.0.0.0/8 or fd00::/8, not \"10.0.0.0/08\""),
        .top(
            "network: { requestedBy: \"a\\r\\nb\" }",
            "network.requestedBy: has to be 1 to 100 visible ASCII characters, not \"a\\r\\nb\""),

        // Regions.
        .top("region: \"a b\"", "region: has to be 1 to 100 letters, digits, - and _, not \"a b\""),
        .top("region: eu\nregions: { us: {}, ap: {} }", "region: \"eu\" is no region; there is ap, us"),
        .top("regions: { us: {}, ap: {} }", "region: required where there are several regions"),
        .top(
            "regions: { us: { url: ftp://x, workers: { slots: 1 } } }",
            "regions.us.url: has to be a URL such as https://shop.example/media, without credentials, query "
                + "and fragment",
            "regions.us.workers.slots: has to be a whole number from 4 to 4096, not \"1\""),

        // Accounts.
        Case("accounts:", "accounts: has no value"),
        Case("accounts: [{ insecure: true }]", "accounts[0].id: required"),
        Case("accounts: [{ id: ~, insecure: true }]", "accounts[0].id: has no value"),
        Case(
            withKeys("v1", "API", "_apus", "a/b", "\"\""),
            "accounts[0].id: v1 is reserved", "accounts[1].id: API is reserved", "accounts[2].id: _apus is reserved",
            "accounts[3].id: has to be 1 to 100 letters, digits, - and _, not \"a/b\"",
            "accounts[4].id: has to be 1 to 100 letters, digits, - and _, not \"\""),
        Case(withKeys("a", "b", "a"), "accounts[2].id: is the same as accounts[0].id"),
        .account("homeRegion: moon", "accounts[0].homeRegion: \"moon\" is no region; there is local"),
        .account("privateKeys: [\"\"]", "accounts[0].privateKeys[0]: has to be a text of 1 to 200 characters"),
        .account(
            "privateKeys: key",
            "accounts[0].privateKeys: has to be a list, each item a text of 1 to 200 characters"),
        .account(
            "namedTransformations: { \"a-b\": \"w-1\", ok: \"\" }",
            "accounts[0].namedTransformations.a-b: has to be 1 to 100 letters, digits and _, not \"a-b\"",
            "accounts[0].namedTransformations.ok: has to be a text of 1 to 4096 characters, not \"\""),

        // Origins.
        .origin(
            "type: S3",
            "bucket: required for type S3", "accessKey: required for type S3", "secretKey: required for type S3"),
        .origin(
            "type: S3_COMPATIBLE, bucket: b, accessKey: a, secretKey: s", "endpoint: required for type S3_COMPATIBLE"),
        .origin(
            "type: S3, bucket: b, useIAMRole: true, accessKey: a",
            "accessKey: has to be left out where useIAMRole is true"),
        .origin("type: WEB_FOLDER", "baseUrl: required for type WEB_FOLDER"),
        .origin(
            "type: WEB_FOLDER, baseUrl: \"https://user:word@shop.example\"",
            "baseUrl: has to be a URL such as https://shop.example/media, without credentials, query and fragment"),
        .origin("type: DISK", "path: required for type DISK"),
        .origin("type: DISK, path: \"\"", "path: has to be a path, not \"\""),
        .origin("type: DISK, path: \"a\\0b\"", "path: has to be a path, not \"a\\0b\""),
        .origin(
            "type: DISK, path: a, bucket: b",
            "bucket: unknown key; known here: id, name, includeCanonicalHeader, baseUrlForCanonicalHeader, type, path"),
        .origin(
            "type: FTP, bucket: b",
            "type: has to be one of S3, S3_COMPATIBLE, CLOUDINARY_BACKUP, WEB_FOLDER, WEB_PROXY, GCS, AZURE_BLOB, "
                + "AKENEO_PIM, DISK, not \"FTP\""),
        .origin("bucket: b", "type: required"),
        .origin(
            "type: WEB_PROXY, includeCanonicalHeader: true",
            "baseUrlForCanonicalHeader: required where includeCanonicalHeader is true"),
        .origin(
            "type: WEB_PROXY, includeCanonicalHeader: yes",
            "includeCanonicalHeader: has to be true or false, not \"yes\""),
        .origin(
            "type: WEB_PROXY, name: \"shop!\"", "name: has to be 1 to 100 letters, digits and spaces, not \"shop!\""),
        .origin(
            "type: GCS, bucket: b, clientEmail: nobody, privateKey: x",
            "clientEmail: has to be an e-mail address, not \"nobody\"",
            "privateKey: has to be a private key in PEM form"),
        .origin(
            "type: AZURE_BLOB, accountName: a, container: c, sasToken: sv=1",
            "sasToken: has to be a token that begins with ?"),
        .origin(
            "type: AKENEO_PIM, baseUrl: \"https://pim.example\"",
            "clientId: required for type AKENEO_PIM", "clientSecret: required for type AKENEO_PIM",
            "username: required for type AKENEO_PIM", "password: required for type AKENEO_PIM"),
        Case(
            "accounts: [{ id: demo, insecure: true, origins: [{ id: o, type: WEB_PROXY }, { id: o, type: WEB_PROXY }] }]",
            "accounts[0].origins[1].id: is the same as accounts[0].origins[0].id"),

        // URL endpoints.
        Case(
            "accounts: [{ id: demo, insecure: true, urlEndpoints: [{ origins: [] }] }]",
            "accounts[0].urlEndpoints[0].urlPrefix: required"),
        Case(
            "accounts: [{ id: demo, insecure: true, urlEndpoints: [{ urlPrefix: a/b }, { urlPrefix: ik-seo }] }]",
            "accounts[0].urlEndpoints[0].urlPrefix: has to be at most 100 letters, digits and -, not \"a/b\"",
            "accounts[0].urlEndpoints[1].urlPrefix: ik-seo is reserved"),
        Case(
            "accounts: [{ id: demo, insecure: true, urlEndpoints: [{ urlPrefix: a }, { urlPrefix: a }] }]",
            "accounts[0].urlEndpoints[1].urlPrefix: is the same as accounts[0].urlEndpoints[0].urlPrefix"),
        .endpoint("origins: [photos]", "origins[0]: \"photos\" is no origin of this account"),
        .endpoint(
            "hosts: [\"http://a\", \"-a.example\", \"a..b\"]",
            "hosts[0]: has to be a host name such as images.shop.example, without scheme, port and path, not "
                + "\"http://a\"",
            "hosts[1]: has to be a host name such as images.shop.example, without scheme, port and path, not "
                + "\"-a.example\"",
            "hosts[2]: has to be a host name such as images.shop.example, without scheme, port and path, not \"a..b\""),
        Case(
            """
            accounts:
              - { id: a, insecure: true, urlEndpoints: [{ urlPrefix: "", hosts: [x.example] }] }
              - { id: b, insecure: true, urlEndpoints: [{ urlPrefix: "", hosts: [X.example] }] }
            """,
            "accounts[1].urlEndpoints[0].hosts[0]: is the same as accounts[0].urlEndpoints[0].hosts[0]"),
        .endpoint("quality: 101", "quality: has to be a whole number from 1 to 100, not \"101\""),
        .endpoint("unsigned: maybe", "unsigned: has to be one of allow, named, deny, not \"maybe\""),
        .endpoint("format: heic", "format: has to be one of auto, jpg, png, webp, avif, gif, orig, not \"heic\""),
        .endpoint("cacheControl: standard", "cacheControl: has to be one of default, origin, not \"standard\""),
        .endpoint("homeRegion: moon", "homeRegion: \"moon\" is no region; there is local"),

        // Redis and the store.
        .top("store: { path: a }", "store.type: required"),
        .top("store: { type: DISK }", "store.path: required for type DISK"),
        .top(
            "store: { type: S3_COMPATIBLE, bucket: b, endpoint: \"http://s3\" }",
            "store.accessKey: required for type S3_COMPATIBLE", "store.secretKey: required for type S3_COMPATIBLE"),
    ]

    @Test(arguments: cases) func isReported(_ item: Case) {
        #expect(problems(item.yaml) == item.expected)
    }

    @Test func longListsOfItemsAreCut() {
        let keys = (0..<12).map { "k\($0)" }.joined(separator: ",")
        #expect(
            problems("accounts: [{ id: demo, privateKeys: [\(keys)] }]") == ["accounts[0].privateKeys: more than 10"])
    }
}
