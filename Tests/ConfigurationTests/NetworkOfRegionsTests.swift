import Configuration
import Testing

/// Where the hosts of regions are, and what the DNS tells of them.
struct NetworkOfRegionsTests {
    static let yaml = """
        region: eu
        regions:
          eu:
            url: "https://eu.example"
            addresses: [203.0.113.5, "2001:DB8:0::5"]
            location: [50.1, 8.7]
            workers:
              listen: "10.1.0.11:9000"
              hosts: ["10.1.0.11:9000", "[FD00:0::2]:9001"]
              fronts: ["10.1.0.2", "fd00:0::1"]
            redis: { url: "redis://10.1.0.3" }
            store: { type: S3, bucket: b, useIAMRole: true }
          us: { url: "https://us.example", location: [-33, "-151.25"], workers: { hosts: ["192.168.0.1:9000"] } }
        dns:
          zone: Images.example
          host: img.images.example
          ttl: 2m
          nameservers: [ns1.images.example, ns.other.example]
        \(minimalAccount)
        """

    @Test func addressesAndPlacesAreRead() throws {
        let configuration = try parse(Self.yaml)
        let eu = try #require(configuration.regions["eu"])
        #expect(eu.addresses == ["203.0.113.5", "2001:db8::5"])
        #expect(eu.location?.latitude == 50.1 && eu.location?.longitude == 8.7)
        let us = try #require(configuration.regions["us"])
        #expect(us.addresses.isEmpty && us.location?.latitude == -33 && us.location?.longitude == -151.25)
    }

    @Test func theDNSIsRead() throws {
        let dns = try #require(try parse(Self.yaml).dns)
        #expect(dns.zone == "images.example" && dns.host == "img.images.example" && dns.ttl == .seconds(120))
        #expect(dns.nameservers == ["ns1.images.example", "ns.other.example"])
        let short = "dns: { zone: a.example, host: a.example, nameservers: [n] }"
        #expect(try parse("\(minimalAccount)\n\(short)").dns?.ttl == .seconds(60))
    }

    @Test func workerHostsAreRead() throws {
        let configuration = try parse(Self.yaml)
        let workers = configuration.workers
        #expect(workers.listen?.description == "10.1.0.11:9000")
        #expect(workers.hosts.map(\.description) == ["10.1.0.11:9000", "[fd00::2]:9001"])
        #expect(workers.fronts == ["10.1.0.2", "fd00::1", "10.1.0.11"])
        // Those of the file's hosts where it names none.
        let us = try #require(configuration.regions["us"]?.workers)
        #expect(us.listen == nil && us.fronts == ["192.168.0.1"])
    }

    @Test func anAddressOfVersion4IsOneHoweverItIsWritten() throws {
        let text = """
            \(minimalAccount)
            regions: { eu: { addresses: ["::ffff:203.0.113.5"] } }
            workers: { listen: "[::FFFF:10.0.0.2]:9000", fronts: ["::ffff:a00:1"] }
            redis: { url: "redis://[::ffff:10.0.0.3]" }
            """
        let configuration = try parse(text)
        #expect(configuration.regions["eu"]?.addresses == ["203.0.113.5"])
        #expect(configuration.workers.listen?.description == "10.0.0.2:9000")
        #expect(configuration.workers.fronts == ["10.0.0.1", "10.0.0.2"])
    }

    @Test func frontsAreThoseOfTheHostsWhereNoneAreNamed() throws {
        let text = "\(minimalAccount)\nworkers: { listen: \"10.0.0.2:9000\", hosts: [\"10.0.0.1:9000\"] }"
        #expect(try parse(text).workers.fronts == ["10.0.0.1", "10.0.0.2"])
        #expect(try parse("\(minimalAccount)\nworkers: { listen: \"127.0.0.1:9000\" }").workers.fronts == ["127.0.0.1"])
    }

    @Test func aRegionHasWhatTheTopSaysOfWorkers() throws {
        let text =
            "region: eu\nregions: { eu: { workers: { slots: 8 } }, us: {} }\n"
            + "workers: { listen: \"10.0.0.2:9000\", fronts: [10.0.0.1] }\n\(minimalAccount)"
        let workers = try parse(text).workers
        #expect(workers.listen?.port == 9000 && workers.slots == 8 && workers.fronts == ["10.0.0.1", "10.0.0.2"])
    }

    struct Case: CustomTestStringConvertible {
        let yaml: String
        let expected: [String]
        var testDescription: String { yaml }

        init(_ yaml: String, _ expected: String...) {
            (self.yaml, self.expected) = (yaml, expected)
        }

        /// What stands in the file's only region.
        static func region(_ yaml: String, _ expected: String...) -> Case {
            Case("regions: { eu: { \(yaml) } }", expected.map { "regions.eu.\($0)" })
        }

        init(_ yaml: String, _ expected: [String]) {
            (self.yaml, self.expected) = (yaml, expected)
        }
    }

    private static let address = "has to be the address of a host such as 203.0.113.5 or 2001:db8::5"
    private static let north = "degrees north from -90 to 90, such as 50.1"
    private static let east = "degrees east from -180 to 180, such as 50.1"
    private static let host = "has to be a host name such as images.shop.example, without scheme, port and path"
    private static let socket = "has to be a private address with its port, such as 10.0.0.1:9000 or [fd00::1]:9000"
    private static let front = "a private address such as 10.0.0.1 or fd00::1"
    private static let list = "has to be a list [ … ] of 1 to 64 values, each "
    private static let plain = "FastCGI and Redis travel in plain text: private addresses only"

    private static let regions: [Case] = [
        .region("addresses: []"),
        .region(
            "addresses: 203.0.113.5",
            "addresses: has to be a list [ … ] of 0 to 16 values, each \(address.dropFirst(10))"),
        .region(
            "addresses: [eu.example, 203.0.113, 203.0.113.5/32, \"203.0.113.5:80\", \"fe80::1%eth0\"]",
            "addresses[0]: \(address), not \"eu.example\"", "addresses[1]: \(address), not \"203.0.113\"",
            "addresses[2]: \(address), not \"203.0.113.5/32\"", "addresses[3]: \(address), not \"203.0.113.5:80\"",
            "addresses[4]: \(address), not \"fe80::1%eth0\""),
        .region(
            "addresses: [0.0.0.0, 224.0.0.1, 255.255.255.255, \"::\", \"ff02::1\"]",
            "addresses[0]: \(address), not \"0.0.0.0\"", "addresses[1]: \(address), not \"224.0.0.1\"",
            "addresses[2]: \(address), not \"255.255.255.255\"", "addresses[3]: \(address), not \"::\"",
            "addresses[4]: \(address), not \"ff02::1\""),
        .region(
            "addresses: [\"::ffff:0.0.0.0\", \"::ffff:224.0.0.1\", \"2001:db8::ffff:e000:1\"]",
            "addresses[0]: \(address), not \"::ffff:0.0.0.0\"", "addresses[1]: \(address), not \"::ffff:224.0.0.1\""),
        .region(
            "addresses: [203.0.113.5, \"::ffff:203.0.113.5\"]",
            "addresses[1]: is the same as regions.eu.addresses[0]"),
        .region(
            "addresses: [\"2001:db8::1\", 203.0.113.5, \"2001:DB8:0::1\"]",
            "addresses[2]: is the same as regions.eu.addresses[0]"),
        .region(
            "addresses: [\((1...17).map { "203.0.113.\($0)" }.joined(separator: ", "))]", "addresses: more than 16"),
        .region("location: [90, -180]"), .region("location: [0, 0.5]"),
        .region("location: 50.1", "location: has to be a list of \(north) and of \(east)"),
        .region("location: []", "location: has to be a list of \(north) and of \(east)"),
        .region("location: [1, 2, 3]", "location: has to be a list of \(north) and of \(east)"),
        .region(
            "location: [90.1, -180.01]", "location[0]: has to be \(north), not \"90.1\"",
            "location[1]: has to be \(east), not \"-180.01\""),
        .region(
            "location: [1e1, nan]", "location[0]: has to be \(north), not \"1e1\"",
            "location[1]: has to be \(east), not \"nan\""),
        .region(
            "location: [\"--1\", \"1.\"]", "location[0]: has to be \(north), not \"--1\"",
            "location[1]: has to be \(east), not \"1.\""),
        .region(
            "location: [0.000000000000001, [2]]", "location[0]: has to be \(north), not \"0.000000000000001\"",
            "location[1]: has to be \(east)"),
    ]

    private static let names: [Case] = [
        Case("dns:", "dns: has no value"),
        Case("dns: {}", "dns.zone: required", "dns.host: required", "dns.nameservers: required"),
        Case(
            "dns: { zone: a.example, host: b.example, ttl: 9s, nameservers: [] }",
            "dns.host: has to be a name in the zone a.example, not \"b.example\"",
            "dns.ttl: has to be a duration from 10s to 1d, such as 20ms, 3s, 10m, 2h or 180d, not \"9s\"",
            "dns.nameservers: has to be a list [ … ] of 1 to 8 values, each \(host.dropFirst(10))"),
        Case(
            "dns: { zone: a.example, host: xa.example, nameservers: [n, N] }",
            "dns.host: has to be a name in the zone a.example, not \"xa.example\"",
            "dns.nameservers[1]: is the same as dns.nameservers[0]"),
        Case(
            "dns: { zone: a.example., host: \"*.a.example\", ttl: 25h, nameservers: [\"n:53\"] }",
            "dns.zone: \(host), not \"a.example.\"", "dns.host: \(host), not \"*.a.example\"",
            "dns.ttl: has to be a duration from 10s to 1d, such as 20ms, 3s, 10m, 2h or 180d, not \"25h\"",
            "dns.nameservers[0]: \(host), not \"n:53\""),
    ]

    private static let workers: [Case] = [
        Case("workers: { hosts: [] }", "workers.hosts: \(list)\(socket.dropFirst(10))"),
        Case("workers: { fronts: [] }", "workers.fronts: \(list)\(front)"),
        Case("workers: { listen: \"127.0.0.1:9000\", hosts: [\"[::1]:9000\"] }"),
        Case("workers: { fronts: [100.127.255.255, 169.254.0.1, 172.16.0.1, 192.168.0.1, \"fe80::1\", \"fdff::1\"] }"),
        Case(
            "workers: { listen: \"0.0.0.0:9000\", hosts: [\"8.8.8.8:1\"], fronts: [\"2001:db8::1\", 172.32.0.0] }",
            "workers.listen: \(plain)", "workers.hosts[0]: \(plain)", "workers.fronts[0]: \(plain)",
            "workers.fronts[1]: \(plain)"),
        Case(
            "workers: { listen: \"[::ffff:8.8.8.8]:9000\", fronts: [\"::ffff:172.32.0.0\", \"::a00:1\"] }",
            "workers.listen: \(plain)", "workers.fronts[0]: \(plain)", "workers.fronts[1]: \(plain)"),
        Case(
            "workers: { listen: 10.0.0.1, fronts: [host, 10.0.0.0/8] }", "workers.listen: \(socket), not \"10.0.0.1\"",
            "workers.fronts[0]: has to be a private address such as 10.0.0.1 or fd00::1, not \"host\"",
            "workers.fronts[1]: has to be a private address such as 10.0.0.1 or fd00::1, not \"10.0.0.0/8\""),
        Case("workers: { listen: \"unix:/run/apus.sock\" }", "workers.listen: \(socket), not \"unix:/run/apus.sock\""),
        Case("workers: { listen: \"worker1:9000\" }", "workers.listen: \(socket), not \"worker1:9000\""),
        Case("workers: { listen: \"10.0.0.1:0\" }", "workers.listen: \(socket), not \"10.0.0.1:0\""),
        Case("workers: { listen: \"fd00::1:9000\" }", "workers.listen: \(socket), not \"fd00::1:9000\""),
        Case("workers: { listen: \"010.0.0.1:9000\" }", "workers.listen: \(socket), not \"010.0.0.1:9000\""),
    ]

    private static let hosts = "workers: { hosts: [\"10.0.0.1:9000\", \"10.0.0.2:9000\"] }"
    private static let store = "store: required where workers.hosts names several: of type S3 or S3_COMPATIBLE"
    private static let redis = "redis: required where workers.hosts names several: one that all reach over TCP"
    private static let bucket = "store: { type: S3, bucket: b, useIAMRole: true }"

    private static let shared: [Case] = [
        Case(hosts, store, redis),
        Case("\(hosts)\nredis: { url: \"redis://10.0.0.3\" }\nstore: { type: DISK, path: /s }", store),
        Case("\(hosts)\nredis: { url: \"unix:///run/redis.sock\" }\n\(bucket)", redis),
        Case("\(hosts)\nredis: { url: \"redis://localhost\" }\n\(bucket)", redis),
        Case("\(hosts)\nredis: { url: \"redis+sentinel://h1,127.0.0.1/m\" }\n\(bucket)", redis),
        Case("\(hosts)\nredis: { url: \"redis+cluster://h1,h2\" }\n\(bucket)"),
        // One sentence is enough.
        Case("\(hosts)\nredis: { url: \"redis://9.9.9.9\" }\n\(bucket)", "redis.url: \(plain)"),
        Case(
            "\(hosts)\nredis: { url: \"redis://10.0.0.3\" }\nstore: { type: S3, useIAMRole: true }",
            "store.bucket: required for type S3"),
        Case("workers: { hosts: [\"10.0.0.1:9000\"] }"),
        Case(
            "workers: { hosts: [\"127.0.0.1:9000\", \"127.0.0.1:9001\"] }\nredis: { url: \"redis://127.0.0.1\" }\n\(bucket)"
        ),
        Case(
            "region: us\nregions: { eu: { \(hosts) }, us: { url: \"https://us.example\" } }",
            "regions.eu.\(store)", "regions.eu.\(redis)"),
        Case(
            "workers: { hosts: [\"10.0.0.1:9000\", \"10.0.0.1:9000\"] }",
            "workers.hosts[1]: is the same as workers.hosts[0]"),
    ]

    @Test(arguments: regions + names + workers + shared) func isChecked(_ item: Case) {
        #expect(problems("\(minimalAccount)\n\(item.yaml)") == item.expected)
    }

    @Test func whatTheCommandLineAddsCountsForSeveralHosts() {
        let text = "\(minimalAccount)\n\(Self.hosts)\n\(Self.bucket)"
        #expect(problems(text, overrides: .init(redis: "redis://10.0.0.3")).isEmpty)
        #expect(problems(text, overrides: .init(redis: "unix:///run/r.sock")) == [Self.redis])
    }

    @Test func placeholdersStandForAddresses() throws {
        let text = "\(minimalAccount)\nworkers: { listen: \"${HERE}:9000\" }"
        #expect(try parse(text, environment: ["HERE": "10.0.0.9"]).workers.listen?.host == "10.0.0.9")
        #expect(
            problems(text, environment: ["HERE": "hunter2"]) == ["workers.listen: \(Self.socket), not \"${HERE}:9000\""]
        )
    }
}
