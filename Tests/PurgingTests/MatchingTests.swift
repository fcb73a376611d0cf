import Purging
import Testing

struct MatchingCase: CustomTestStringConvertible {
    var target: PurgeTarget
    var subject: PurgeSubject
    var isMeant: Bool
    var testDescription: String { "\(target) \(isMeant ? "means" : "spares") \(subject.place)" }

    init(_ target: PurgeTarget, _ subject: PurgeSubject, _ isMeant: Bool) {
        (self.target, self.subject, self.isMeant) = (target, subject, isMeant)
    }
}

@Suite struct MatchingTests {
    private static func thing(
        _ path: String, query: String = "", plan: String? = nil, tags: [String] = [], origin: String? = "photos",
        possible: [String] = [], inputs: [PurgeSubject.Input] = [], account: String = "demo"
    ) -> PurgeSubject {
        PurgeSubject(
            account: account, path: path, query: query, plan: { plan }, tags: tags, origin: origin,
            possibleOrigins: possible, inputs: inputs)
    }

    private static let long = String(repeating: "w-100,", count: 100)

    static let originals: [MatchingCase] = [
        .init(.path("/demo/a.jpg"), thing("/demo/a.jpg"), true),
        .init(.path("/demo/a.jpg"), thing("/demo/a.jpg", plan: "w-100"), true),
        .init(.path("/demo/a.jpg"), thing("/demo/a.jpg", query: "v=2"), true),
        .init(.path("/demo/a.jpg"), thing("/demo/a.jpg2"), false),
        .init(.path("/demo/a.jpg"), thing("/demo/b/a.jpg"), false),
        .init(.path("/demo/a.jpg"), thing("/demo/a.jpg", account: "other"), false),
        .init(.path("/demo/*"), thing("/demo/a.jpg"), false),
        .init(.path("/demo/a*b?[c].jpg"), thing("/demo/a*b?[c].jpg"), true),
        .init(.exact(path: "/demo/a.jpg", query: "v=2"), thing("/demo/a.jpg", query: "v=2"), true),
        .init(.exact(path: "/demo/a.jpg", query: "v=2"), thing("/demo/a.jpg", query: "v=3"), false),
        .init(.exact(path: "/demo/a.jpg", query: "v=2"), thing("/demo/a.jpg"), false),
        .init(.exact(path: "/demo/a.jpg", query: ""), thing("/demo/a.jpg", query: "v=3"), true),
    ]

    static let prefixes: [MatchingCase] = [
        .init(.prefix("/demo/a/"), thing("/demo/a/b.jpg"), true),
        .init(.prefix("/demo/a/"), thing("/demo/a/c/d.jpg", plan: "w-1"), true),
        .init(.prefix("/demo/a/"), thing("/demo/ab"), false),
        .init(.prefix("/demo/a/"), thing("/demo/a"), false),
        .init(.prefix("/demo/a"), thing("/demo/ab"), true),
        .init(.prefix("/demo/a.jpg"), thing("/demo/a.jpg"), true),
        .init(.prefix("/demo/a.jpg?v="), thing("/demo/a.jpg", query: "v=2"), true),
        .init(.prefix("/demo/a.jpg?v="), thing("/demo/a.jpg"), false),
        .init(.prefix("/demo/*"), thing("/demo/a.jpg"), false),
        .init(.prefix(""), thing("/demo/a.jpg"), true),
        .init(.prefix("/demo/%C3%A9"), thing("/demo/%C3%A9t%C3%A9.jpg"), true),
    ]

    static let variants: [MatchingCase] = [
        .init(.variant(.path("/demo/a.jpg"), plans: ["w-1"]), thing("/demo/a.jpg", plan: "w-1"), true),
        .init(.variant(.path("/demo/a.jpg"), plans: ["w-1", "w-2"]), thing("/demo/a.jpg", plan: "w-2"), true),
        .init(.variant(.path("/demo/a.jpg"), plans: ["w-1"]), thing("/demo/a.jpg", plan: "w-2"), false),
        .init(.variant(.path("/demo/a.jpg"), plans: ["w-1"]), thing("/demo/a.jpg"), false),
        .init(.variant(.path("/demo/a.jpg"), plans: ["w-1"]), thing("/demo/b.jpg", plan: "w-1"), false),
        .init(.variant(.path("/demo/a.jpg"), plans: ["w-1"]), thing("/demo/a.jpg", query: "v=2", plan: "w-1"), true),
        .init(.variant(.prefix("/demo/a"), plans: ["w-1"]), thing("/demo/a/b.jpg", plan: "w-1"), true),
        .init(.variant(.prefix("/demo/a"), plans: ["w-1"]), thing("/demo/b.jpg", plan: "w-1"), false),
        .init(
            .variant(.exact(path: "/demo/a.jpg", query: "v=2"), plans: ["w-1"]),
            thing("/demo/a.jpg", query: "v=2", plan: "w-1"), true),
        .init(
            .variant(.exact(path: "/demo/a.jpg", query: "v=2"), plans: ["w-1"]), thing("/demo/a.jpg", plan: "w-1"),
            false),
        .init(.variant(.path("/demo/a.jpg"), plans: [long]), thing("/demo/a.jpg", plan: long), true),
        .init(.variant(.path("/demo/a.jpg"), plans: [long]), thing("/demo/a.jpg", plan: long + "h-1"), false),
    ]

    private static let overlay = PurgeSubject.Input(path: "/demo/logos/l.png", query: "v=1", origin: "brand")

    static let others: [MatchingCase] = [
        .init(.tag("shoes"), thing("/demo/a.jpg", tags: ["hats", "shoes"]), true),
        .init(.tag("shoes"), thing("/demo/a.jpg", tags: ["hats"]), false),
        .init(.tag("shoes"), thing("/demo/a.jpg", tags: ["shoes"], account: "other"), false),
        .init(.origin("photos"), thing("/demo/a.jpg"), true),
        .init(.origin("shop"), thing("/demo/a.jpg"), false),
        .init(.origin("shop"), thing("/demo/a.jpg", possible: ["shop"]), false),
        .init(.origin("shop"), thing("/demo/a.jpg", origin: nil, possible: ["photos", "shop"]), true),
        .init(.origin("brand"), thing("/demo/a.jpg", inputs: [overlay]), true),
        .init(.path("/demo/logos/l.png"), thing("/demo/a.jpg", plan: "p", inputs: [overlay]), true),
        .init(.exact(path: "/demo/logos/l.png", query: "v=1"), thing("/demo/a.jpg", inputs: [overlay]), true),
        .init(.exact(path: "/demo/logos/l.png", query: "v=2"), thing("/demo/a.jpg", inputs: [overlay]), false),
        .init(.prefix("/demo/logos/"), thing("/demo/a.jpg", inputs: [overlay]), true),
        .init(.prefix("/demo/logo/"), thing("/demo/a.jpg", inputs: [overlay]), false),
        .init(
            .variant(.path("/demo/logos/l.png"), plans: ["p"]), thing("/demo/a.jpg", plan: "p", inputs: [overlay]),
            false),
    ]

    @Test(arguments: originals + prefixes + variants + others)
    func `A purge means what it says and nothing else`(_ sample: MatchingCase) {
        var rules = PurgeRules()
        rules.insert(rule(7, sample.target))
        #expect(rules.newest(matching: sample.subject) == (sample.isMeant ? 7 : 0))
        #expect(rules.void(sample.subject, madeUnder: 6) == sample.isMeant)
        #expect(!rules.void(sample.subject, madeUnder: 7))
    }

    @Test func `The newest of several purges counts`() {
        var rules = PurgeRules()
        let targets: [PurgeTarget] = [
            .prefix("/demo/"), .tag("t"), .path("/demo/a.jpg"), .prefix("/demo/a"), .path("/x"),
        ]
        for (index, target) in targets.enumerated() { rules.insert(rule(UInt64(10 - index), target)) }
        #expect(rules.newest(matching: Self.thing("/demo/a.jpg", tags: ["t"])) == 10)
        #expect(rules.newest(matching: Self.thing("/other/a.jpg", tags: ["t"])) == 9)
        #expect(rules.newest(matching: Self.thing("/x")) == 6)
        #expect(rules.number == 10)
    }

    @Test func `The plan is asked for only where a purge of variants means the path`() {
        var rules = PurgeRules()
        rules.insert(rule(1, .path("/demo/a.jpg")))
        rules.insert(rule(2, .variant(.path("/demo/b.jpg"), plans: ["w-1"])))
        let subject = PurgeSubject(
            account: "demo", path: "/demo/a.jpg",
            plan: {
                Issue.record("asked for")
                return nil
            })
        #expect(rules.newest(matching: subject) == 1)
    }
}

func rule(_ number: UInt64, _ target: PurgeTarget, account: String = "demo") -> PurgeRule {
    let digits = String(number, radix: 16)
    let id = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    return PurgeRule(requestID: id, account: account, target: target, acceptedAt: 1_700_000_000, number: number)
}
