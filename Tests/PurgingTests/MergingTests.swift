import Purging
import Testing

@Suite struct MergingTests {
    /// A small random number generator with a seed, so that a failure can be repeated.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static let accounts = ["demo", "shop", "third"]
    private static let names = ["a", "b", "c", "d.jpg", "e.png"]

    private static func path(_ account: String, _ random: inout Seeded) -> String {
        var path = "/" + account
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            path += "/" + (names.randomElement(using: &random) ?? "a")
        }
        return path
    }

    private static func pattern(_ account: String, _ random: inout Seeded) -> PurgePattern {
        let path = path(account, &random)
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: .prefix(path)
        case 1: .prefix(path + "/")
        case 2: .exact(path: path, query: "v=\(Int.random(in: 1...3, using: &random))")
        default: .path(path)
        }
    }

    private static func target(_ account: String, _ random: inout Seeded) -> PurgeTarget {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .tag("t\(Int.random(in: 0..<20, using: &random))")
        case 1: return .origin("o\(Int.random(in: 0..<4, using: &random))")
        case 2, 3:
            return .variant(pattern(account, &random), plans: ["w-\(Int.random(in: 0..<5, using: &random))", "x"])
        default:
            return switch pattern(account, &random) {
            case .path(let path): .path(path)
            case .exact(let path, let query): .exact(path: path, query: query)
            case .prefix(let text): .prefix(text)
            }
        }
    }

    private static func subject(_ random: inout Seeded) -> PurgeSubject {
        let account = accounts.randomElement(using: &random) ?? "demo"
        let plan = "w-\(Int.random(in: 0..<5, using: &random))"
        let origin = "o\(Int.random(in: 0..<4, using: &random))"
        return PurgeSubject(
            account: account, path: path(account, &random), query: Bool.random(using: &random) ? "" : "v=2",
            plan: { plan }, tags: ["t\(Int.random(in: 0..<20, using: &random))"],
            origin: Bool.random(using: &random) ? origin : nil, possibleOrigins: [origin, "o9"],
            inputs: Bool.random(using: &random) ? [] : [.init(path: path(account, &random), origin: "o1")])
    }

    private static func index(_ rules: [PurgeRule]) -> PurgeRules {
        var index = PurgeRules()
        for rule in rules { index.insert(rule) }
        return index
    }

    @Test(arguments: 1...12)
    func `Whatever was void stays void`(_ seed: Int) {
        var random = Seeded(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
        let rules = (1...UInt64(800)).map { number in
            let account = Self.accounts.randomElement(using: &random) ?? "demo"
            return rule(number, Self.target(account, &random), account: account)
        }
        let before = Self.index(rules)
        for goal in [400, 100, 20, 3] {
            let merged = PurgeRules.merged(rules, goal: goal)
            #expect(merged.count <= goal)
            let after = Self.index(merged)
            #expect(after.number == before.number)
            for _ in 0..<400 {
                let subject = Self.subject(&random)
                #expect(after.newest(matching: subject) >= before.newest(matching: subject))
            }
        }
    }

    @Test func `The same rules in another order merge to the same`() {
        var random = Seeded(state: 5)
        let rules = (1...UInt64(500)).map { rule($0, Self.target("demo", &random)) }
        #expect(PurgeRules.merged(rules, goal: 50) == PurgeRules.merged(rules.shuffled(using: &random), goal: 50))
    }

    @Test func `A purge that is repeated takes one place`() {
        let rules = (1...UInt64(100)).map { rule($0, .path("/demo/\($0 % 2).jpg")) }
        let merged = PurgeRules.merged(rules, goal: 50)
        #expect(merged == [rule(99, .path("/demo/1.jpg")), rule(100, .path("/demo/0.jpg"))])
    }

    @Test func `Old rules become their folder, new ones stay as they are`() {
        let rules = (1...UInt64(100)).map { rule($0, .path("/demo/shoes/\($0).jpg")) }
        let merged = PurgeRules.merged(rules, goal: 20)
        let index = Self.index(merged)
        #expect(merged.count == 11)
        #expect(index.newest(matching: PurgeSubject(account: "demo", path: "/demo/shoes/x.jpg")) == 90)
        #expect(index.newest(matching: PurgeSubject(account: "demo", path: "/demo/shoes/95.jpg")) == 95)
        #expect(index.newest(matching: PurgeSubject(account: "demo", path: "/demo/hats/x.jpg")) == 0)
    }

    @Test func `Paths of a thousand folders are merged in a few steps`() {
        let deep = String(repeating: "/x", count: 1000)
        let rules = (1...UInt64(200)).map { rule($0, .path("/demo/\($0)\(deep)")) }
        #expect(PurgeRules.merged(rules, goal: 10).count <= 10)
    }

    @Test func `More accounts than rules are wanted keep a rule each`() {
        let rules = (1...UInt64(30)).map { rule($0, .path("/a/b"), account: "account\($0)") }
        #expect(PurgeRules.merged(rules, goal: 10).count == 30)
    }
}
