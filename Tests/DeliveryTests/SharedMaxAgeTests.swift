import Caching
import Configuration
import Delivery
import HTTPRules
import HostileOrigin
import Testing

/// `cache.sharedMaxAge`: what caches that several clients share are told, and nobody else.
struct SharedMaxAgeTests {
    private static let target = "/demo/tr:orig-true/a.png"

    private func installation(_ cache: String) throws -> Installation {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        return try Installation(settings: ["cache: { \(cache) }"], folder: folder)
    }

    @Test(arguments: [
        ("maxAge: 1h", "s-maxage=3600, max-age=3600"), ("sharedMaxAge: 1d", "s-maxage=86400, max-age=15552000"),
        ("maxAge: 1h, sharedMaxAge: 30d", "s-maxage=2592000, max-age=3600"),
        ("maxAge: 1h, sharedMaxAge: 0s", "s-maxage=0, max-age=3600"),
    ])
    func `It is told beside the time for clients`(cache: String, ages: String) throws {
        let installation = try installation(cache)
        let first = installation.get(Self.target)
        let tag = try #require(first.header("ETag"))
        let known = installation.get(Self.target) { $0.ifNoneMatch = tag }
        #expect(first.status == 200 && known.status == 304)
        for response in [first, known] {
            #expect(response.header("Cache-Control") == "public, \(ages), must-revalidate")
            #expect(response.header("X-Accel-Expires") == "10")
        }
    }

    @Test func `Errors are told as ever`() throws {
        let response = try installation("sharedMaxAge: 1d, errorAge: 30s").get("/demo/tr:orig-true/missing.png")
        #expect(response.status == 404 && response.header("Cache-Control") == "public, max-age=30")
    }

    @Test(arguments: [
        ("max-age=100", "public, s-maxage=100, max-age=100"),
        ("s-maxage=300, max-age=100", "public, s-maxage=300, max-age=100"),
        ("s-maxage=300", "public, s-maxage=300"), ("no-cache", "no-cache"), ("private", "private"),
        // Of what the origin says nothing, the installation does.
        ("public", "public, s-maxage=120, max-age=3600"),
        ("foo=bar", "public, s-maxage=120, max-age=3600, must-revalidate"),
    ])
    func `An origin that is obeyed keeps its word`(said: String, told: String) throws {
        let original = ScriptedOriginal("Cache-Control: \(said)")
        try original.serve { origin in
            let worker = try Installation(
                accounts: ScriptedOriginal.account(origin.url, "cacheControl: origin"),
                settings: ["cache: { maxAge: 1h, sharedMaxAge: 2m }"])
            let response = worker.get("/demo/tr:orig-true/a.gif")
            #expect(response.status == 200)
            #expect(Self.aged(response.header("Cache-Control") ?? "", told))
        }
    }

    /// The same text, each age at most a minute less than expected, since time passes.
    private static func aged(_ text: String, _ expected: String) -> Bool {
        let (words, wanted) = (text.split(separator: ", "), expected.split(separator: ", "))
        return words.count == wanted.count
            && zip(words, wanted).allSatisfy { word, want in
                let (parts, wantedParts) = (word.split(separator: "="), want.split(separator: "="))
                guard parts.count == 2, wantedParts.count == 2, parts[0] == wantedParts[0],
                    let age = Int(parts[1]), let most = Int(wantedParts[1])
                else { return word == want }
                return (max(0, most - 60)...most).contains(age)
            }
    }

    @Test(
        arguments: [
            (nil, "s-maxage=60, max-age=60, must-revalidate"),
            (.seconds(10), "s-maxage=10, max-age=60, must-revalidate"),
            (.seconds(86_400), "s-maxage=60, max-age=60, must-revalidate"),
        ] as [(Duration?, String)])
    func `What stands in for something is told for no longer than an error`(age: Duration?, control: String) {
        var cache = Configuration.Cache()
        cache.sharedMaxAge = age
        let lifetimes = Lifetimes(cache)
        let now: Int64 = 1_700_000_000
        let lifetime = lifetimes.lifetime(LifetimeFields(), at: URLEndpoint(origins: ["web"]), now: now)
        #expect(lifetimes.brief(lifetime, now: now).control == control)
        var obeying = URLEndpoint(origins: ["web"])
        obeying.cacheControl = .origin
        let said = lifetimes.lifetime(LifetimeFields(cacheControl: "max-age=90"), at: obeying, now: now)
        #expect(lifetimes.brief(said, now: now).control == "max-age=60")
    }

    /// No picture is older for it: it says nothing of what the installation keeps.
    @Test func `It changes nothing of how long an original is kept`() {
        var cache = Configuration.Cache()
        let plain = Lifetimes(cache).lifetime(LifetimeFields(), at: URLEndpoint(origins: ["web"]), now: 1_700_000_000)
        cache.sharedMaxAge = .seconds(1)
        let other = Lifetimes(cache).lifetime(LifetimeFields(), at: URLEndpoint(origins: ["web"]), now: 1_700_000_000)
        #expect(plain == other)
    }
}
