import HostileOrigin
import Testing
import Transfer

/// One way to reach what is not the public internet, by its row in the list of abuses (peers reference §3.5 B). What
/// needs names of its own (B7, B8, B19) or an environment (B20) is among the end-to-end tests.
struct Abuse: CustomTestStringConvertible {
    enum Way {
        /// A stranger names it.
        case named
        /// The owner's own server redirects to it.
        case redirect
    }

    let row: String
    let way: Way
    /// `{port}` stands for that of a server on the loopback.
    let target: String
    let expected: TransferError

    var testDescription: String { "\(row) \(way == .redirect ? "redirect to " : "")\(target)" }

    static func named(_ row: String, _ expected: TransferError, _ targets: [String]) -> [Abuse] {
        targets.map { Abuse(row: row, way: .named, target: $0, expected: expected) }
    }

    static func redirects(_ row: String, _ expected: TransferError, _ targets: [String]) -> [Abuse] {
        targets.map { Abuse(row: row, way: .redirect, target: $0, expected: expected) }
    }

    static func hosts(_ row: String, _ hosts: [String]) -> [Abuse] {
        named(row, .addressForbidden, hosts.map { "http://\($0):{port}/" })
    }

    static let addresses =
        hosts(
            "B1",
            [
                "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1",
                "0177.1", "127.255.255.254", "localhost", "LOCALHOST", "%6cocalhost", "127%2E0%2E0%2E1",
            ])
        + hosts("B2", ["0.0.0.0", "0", "0.1.2.3", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]"])
        + hosts(
            "B3", ["169.254.169.254", "169.254.170.2", "2852039166", "[fd00:ec2::254]", "100.100.100.200"])
        + hosts(
            "B4",
            [
                "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "192.0.0.1", "198.18.0.1",
                "240.0.0.1", "255.255.255.255", "224.0.0.1",
            ])
        + hosts(
            "B5",
            [
                "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
                "[2002:7f00:1::]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2a00:1450::5efe:127.0.0.1]",
                "[2a00:1450::200:5efe:10.0.0.1]",
            ])
        + hosts("B6", ["[fe80::1%25lo]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fdff::1]", "[ff02::1]"])

    static let redirected =
        redirects(
            "B9", .addressForbidden,
            [
                "http://localhost:{port}/", "http://127.0.0.2:{port}/", "http://[::1]:{port}/", "//10.0.0.1/",
                "http://169.254.169.254/latest/meta-data/", "http://2130706433:1024/",
            ])
        + redirects(
            "B9", .redirectForbidden,
            [
                "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:{port}/_x", "dict://127.0.0.1:{port}/",
                "data:,x", "javascript:alert(1)", "http://", "http://127.0.0.1:99999/",
            ])
        + redirects("B9", .portForbidden(6379), ["http://127.0.0.1:6379/", "http://e.example:6379/"])
        + redirects("B11", .redirectForbidden, ["http://e.example@127.0.0.1:{port}/", "http://e.example\\@127.0.0.1/"])
        + redirects("B16", .redirectForbidden, ["http://user:secret@127.0.0.1:{port}/"])

    static let spelled =
        named(
            "B11", .badURL,
            [
                "http://e.example@127.0.0.1:{port}/", "https://good.example@evil/",
                "http://e.example\\@127.0.0.1:{port}/",
                "http://127.0.0.1:{port}@e.example/", "http://127.0.0.1:{port}\\@e.example/",
                "http://e.example%40127.0.0.1:{port}/", "http://127.0.0.1%2f@e.example/", "http://127.0.0.1%00/",
                "http://[::1]e.example/", "http://[127.0.0.1]:{port}/",
            ])
        + named(
            "B11", .addressForbidden,
            [
                "http://127.0.0.1:{port}#e.example", "http://127.0.0.1:{port}?@e.example/",
                "http://127.0.0.1:{port}/@e.example", "http://127.0.0.1:{port}#@e.example/",
            ])
        + named(
            "B12", .badURL,
            [
                "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:{port}/_x", "dict://127.0.0.1:{port}/x",
                "data:,x", "s3://bucket/key", "ldap://127.0.0.1/", "javascript:alert(1)", "//127.0.0.1:{port}/",
            ])
        + named("B15", .addressForbidden, ["http://LocalHost:{port}/", "http://%4cocal%68ost:{port}/"])
        + named(
            "B16", .badURL,
            [
                "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
                "http://user:secret@127.0.0.1:{port}/", "http://user@e.example/",
            ])

    static let ports = [22, 25, 53, 445, 3306, 6379, 11_211, 27_017].flatMap { port in
        named("B13", .portForbidden(port), ["http://e.example:\(port)/", "https://93.184.216.34:\(port)/"])
    }

    static let all = addresses + redirected + spelled + ports
}

@Suite("The list of abuses")
struct AddressGuardTests {
    @Test("Reaches nobody", arguments: Abuse.all)
    func reachesNobody(case abuse: Abuse) throws {
        try HostileOrigin.serve { _ in
            .answer(200, body: "inside")
        } _: { inside in
            let target = abuse.target.replacing("{port}", with: "\(inside.port)")
            switch abuse.way {
            case .named:
                #expect(throws: abuse.expected) {
                    try TransferClient().receive(request(target, policy: .publicOnly(allowed: [])))
                }
            case .redirect:
                try HostileOrigin.serve { _ in
                    .answer(302, ["Location: \(target)"])
                } _: { outside in
                    #expect(throws: abuse.expected) { try TransferClient().receive(request(outside.url)) }
                    #expect(outside.requests.count == 1)
                }
            }
            #expect(inside.connectionCount == 0)
        }
    }

    /// B15, B9: a name of the owner's own host that is spelled otherwise is as good as a stranger's; the letter's case
    /// is not another spelling.
    @Test("The owner's host is known by its name alone", arguments: [("LOCALHOST", true), ("127.0.0.1", false)])
    func ownersHost(host: String, isOwn: Bool) throws {
        try HostileOrigin.serve { request in
            let port = request.headers["host"]?.split(separator: ":").last ?? ""
            return request.path == "/" ? .answer(302, ["Location: http://\(host):\(port)/x"]) : .answer(200, body: "x")
        } _: { origin in
            let asked = try request("http://localhost:\(origin.port)/")
            if isOwn {
                #expect(try TransferClient().receive(asked).body == "x")
            } else {
                #expect(throws: TransferError.addressForbidden) { try TransferClient().receive(asked) }
            }
        }
    }
}
