import Purging
import Testing

@Suite struct RuleLineTests {
    private static let id = "00000000-0000-4000-8000-000000000001"

    private static let targets: [PurgeTarget] = [
        .path("/demo/a b"), .exact(path: "/demo/a", query: "v=1\t\n\\"), .prefix(""), .tag("ü%"), .origin("o.1"),
        .variant(.path("/demo/a"), plans: ["w-100", "h-1:f-avif", String(repeating: "x", count: 300)]),
    ]

    @Test(arguments: targets)
    func `A rule comes out of its line as it went in`(_ target: PurgeTarget) {
        let rule = PurgeRule(
            requestID: Self.id, account: "demo", target: target, acceptedAt: 1_700_000_000, number: 0,
            source: .init(region: "ap-southeast-2", number: PurgeRule.highestNumber))
        #expect(PurgeRule(line: rule.line) == rule)
        #expect(!rule.line.contains("\n"))
        #expect(PurgeRule(line: rule.line)?.line == rule.line)
    }

    @Test func `What was entered here is written as older programs read it`() {
        let rule = PurgeRule(
            requestID: Self.id, account: "demo", target: .tag("x"), acceptedAt: 17, number: 3)
        #expect(rule.line == "1\t\(Self.id)\t17\tplain\tdemo\ttag\tx")
        #expect(PurgeRule(line: rule.line) == nil)
    }

    @Test(arguments: [
        "", "\t", "2", "2\tus", "2\tus\t1", "2\tus\t0\t\(id)\t17\tplain\tdemo\ttag\tx",
        "2\tus\t9007199254740993\t\(id)\t17\tplain\tdemo\ttag\tx", "2\tus\t-1\t\(id)\t17\tplain\tdemo\ttag\tx",
        "2\t\t1\t\(id)\t17\tplain\tdemo\ttag\tx", "2\tu s\t1\t\(id)\t17\tplain\tdemo\ttag\tx",
        "2\tus\t1\t\(id)\t17\tmerged\tdemo\ttag\tx", "2\tus\t1\t\(id)\t17\tplain\t\ttag\tx",
        "2\tus\t1\tid\t17\tplain\tdemo\ttag\tx", "2\tus\t1\t\(id)\tnow\tplain\tdemo\ttag\tx",
        "2\tus\t1\t\(id)\t17\tplain\tdemo\ttag", "2\tus\t1\t\(id)\t17\tplain\tdemo\ttag\t\\x",
        "3\tus\t1\t\(id)\t17\tplain\tdemo\ttag\tx",
        "2\tus\t1\t\(id)\t17\tplain\tdemo\ttag\t" + String(repeating: "x", count: 10_000),
    ])
    func `Other lines are no rules`(_ line: String) {
        #expect(PurgeRule(line: line) == nil)
    }

    @Test func `A rule gives way to a newer one of its own log only`() {
        func rule(_ number: UInt64, _ target: PurgeTarget, from source: PurgeRule.Source?) -> PurgeRule {
            PurgeRule(
                requestID: "00000000-0000-4000-8000-00000000000\(number)", account: "demo", target: target,
                acceptedAt: 17, number: number, source: source)
        }
        let own = rule(1, .path("/demo/a"), from: nil)
        let foreign = rule(2, .path("/demo/b"), from: .init(region: "us", number: 8))
        let wide = rule(3, .prefix("/demo/"), from: .init(region: "us", number: 9))
        #expect(PurgeRules.merged([own, foreign, wide], goal: 2) == [own, wide])
    }
}
