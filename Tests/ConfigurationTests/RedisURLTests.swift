import Configuration
import Testing

/// The URLs of a Redis.
struct RedisURLTests {
    struct Case: CustomTestStringConvertible {
        let url: String
        let server: Configuration.Redis.Server
        var database = 0
        var user: String?
        var password: String?
        var testDescription: String { url }
    }

    @Test(arguments: [
        Case(url: "redis://localhost", server: .tcp(.init(host: "localhost", port: 6379))),
        Case(url: "redis://10.0.0.1:7000/15", server: .tcp(.init(host: "10.0.0.1", port: 7000)), database: 15),
        Case(url: "redis://[::1]:7000/", server: .tcp(.init(host: "::1", port: 7000))),
        Case(url: "redis://:p%2Fw@h", server: .tcp(.init(host: "h", port: 6379)), password: "p/w"),
        Case(
            url: "redis://apus:w@h/1", server: .tcp(.init(host: "h", port: 6379)), database: 1, user: "apus",
            password: "w"),
        Case(url: "unix:///run/redis.sock", server: .unix(path: "/run/redis.sock")),
        Case(url: "unix://:w@/run/redis.sock?db=3", server: .unix(path: "/run/redis.sock"), database: 3, password: "w"),
        Case(
            url: "redis+sentinel://h1,h2:26380/main/2",
            server: .sentinel([.init(host: "h1", port: 26_379), .init(host: "h2", port: 26_380)], master: "main"),
            database: 2
        ),
        Case(
            url: "redis+cluster://h1,h2:7001",
            server: .cluster([.init(host: "h1", port: 6379), .init(host: "h2", port: 7001)])
        ),
    ])
    func isParsed(_ item: Case) throws {
        let redis = try #require(try parse("\(minimalAccount)\nredis: { url: \"\(item.url)\" }").redis)
        #expect(redis.server == item.server && redis.database == item.database)
        #expect(redis.user == item.user && redis.password == item.password.map { Secret($0) })
    }

    @Test(arguments: [
        "", "localhost", "redis:/x", "http://h", "redis://", "redis://h:0", "redis://h:65536",
        "redis://h/x",
        "redis://h/-1", "redis://h/1/2", "redis://h1,h2", "redis://user@h", "redis://:@h", "redis://:%zz@h",
        "redis://:%00@h",
        "unix://run/x", "unix:///", "unix:///x?db=", "unix:///x?database=1", "unix:///x?db=99999999",
        "redis+sentinel://h",
        "redis+sentinel://h/", "redis+cluster://h/1", "redis+cluster://h,,i", "redis://[::1", "redis://[nonsense]",
    ])
    func isRefused(_ url: String) {
        let found = problems("\(minimalAccount)\nredis: { url: \"\(url)\" }")
        #expect(found.count == 1 && found[0].hasPrefix("redis.url: has to be a URL"))
    }

    static let notPrivate = "FastCGI and Redis travel in plain text: private addresses only"

    @Test(arguments: [
        "redis://8.8.8.8", "redis://:hunter2@[2001:db8::1]:6379/0", "redis://172.32.0.1", "redis://100.128.0.1",
        "redis://0.0.0.0", "redis://8.8", "redis://0x8080808", "redis://10.1", "redis://[::]",
        "redis://[::ffff:8.8.8.8]",
        "redis+sentinel://10.0.0.1,9.9.9.9/main", "redis+cluster://h1,9.9.9.9:7000",
    ])
    func aPublicAddressIsRefused(_ url: String) {
        #expect(problems("\(minimalAccount)\nredis: { url: \"\(url)\" }") == ["redis.url: \(Self.notPrivate)"])
        #expect(problems(minimalAccount, overrides: .init(redis: url)) == ["--redis: \(Self.notPrivate)"])
    }

    @Test(arguments: [
        "redis://127.0.0.1", "redis://10.255.0.1", "redis://172.31.0.1", "redis://192.168.1.1", "redis://100.64.0.1",
        "redis://169.254.1.1", "redis://[fd00::1]", "redis://[fe80::1]", "redis://[::1]", "redis://cache",
        "redis://cache.example", "redis://cache1", "redis://1cache", "redis+cluster://10.0.0.1,h2",
        "redis://[::ffff:10.0.0.1]",
    ])
    func aPrivateAddressAndANameAreTaken(_ url: String) {
        #expect(problems("\(minimalAccount)\nredis: { url: \"\(url)\" }").isEmpty)
    }

    @Test(arguments: ["rediss://h", "rediss://:hunter2@10.0.0.1:6380/0", "REDISS://h", "rediss://"])
    func tlsIsRefusedWithItsReason(_ url: String) {
        let sentence =
            "Debian's hiredis has no TLS, so that rediss:// cannot be used: redis:// at private addresses only"
        #expect(problems("\(minimalAccount)\nredis: { url: \"\(url)\" }") == ["redis.url: \(sentence)"])
    }

    @Test func aSocketPathHasToFitItsAddress() {
        let path = "/" + String(repeating: "a", count: 107)
        #expect(problems("\(minimalAccount)\nredis: { url: \"unix://\(path)\" }").count == 1)
        #expect(problems("\(minimalAccount)\nredis: { url: \"unix://\(path.dropLast())\" }").isEmpty)
    }
}

/// The URLs of web servers.
struct WebURLTests {
    @Test(arguments: [
        ("https://Shop.Example/Media/", "https://shop.example/Media"), ("HTTP://h:80", "http://h"),
        ("http://h:8080/a%20b", "http://h:8080/a%20b"), ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
        ("http://10.0.0.1", "http://10.0.0.1"), ("http://my_service", "http://my_service"),
    ])
    func isParsed(text: String, expected: String) {
        #expect(WebURL(text)?.description == expected)
    }

    @Test(arguments: [
        "", "h", "//h", "ftp://h", "https://", "https:///x", "https://u@h", "https://u:p@h", "https://h?q",
        "https://h#f",
        "https://h:", "https://h:0", "https://h:99999", "https://h:8a", "https://h\\x", "https://a b", "https://h/é",
        "https://[::1]x", "https://[127.0.0.1]", "https://h.", "https://h/\r\nx",
    ])
    func isRefused(_ text: String) {
        #expect(WebURL(text) == nil)
    }
}
