import Caching
import Purging
import Regions
import Testing

@Suite struct QuestionTests {
    static let full: RegionQuestion = {
        var question = RegionQuestion(
            deadline: .milliseconds(7400), engine: "3", configuration: "0123456789abcdef01234567",
            purges: PurgeVector(["ap-south": 12, "us-east": 99]),
            client: ClientRequest(
                host: "images.shop.example", path: "/demo/tr:w-300/été/a%20b.jpg", query: "v=1&ik-s=00"),
            askedAt: 1_795_291_234)
        question.relays = true
        question.client.accept = "image/avif,image/webp"
        question.client.widthHint = "640"
        question.client.pixelRatioHint = "2.0"
        question.client.range = "bytes=0-99"
        question.client.ifRange = "\"tag\""
        question.known = "\"other\""
        return question
    }()

    private static let nonce = "0123456789abcdef0123456789abcdef"

    @Test func goesThroughAText() throws {
        let fields = try #require(RegionFields(Self.full.fields.text))
        #expect(try RegionQuestion(fields) == Self.full)
        let least = RegionQuestion(
            deadline: .zero, engine: "", configuration: "", purges: PurgeVector(),
            client: ClientRequest(host: "", path: "/", query: ""), askedAt: 0)
        #expect(try RegionQuestion(least.fields) == least)
    }

    @Test func aTimeThatIsOverIsNone() throws {
        var late = Self.full
        late.deadline = .seconds(-3)
        #expect(try RegionQuestion(late.fields).deadline == .zero)
    }

    struct Change: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let name: String
        /// `nil`: the field is left out.
        let value: String?
        var refusal = RegionRefusal.malformed

        init(_ name: String, _ value: String?, _ refusal: RegionRefusal = .malformed) {
            testDescription = "\(name): \(value ?? "-")"
            (self.name, self.value, self.refusal) = (name, value, refusal)
        }
    }

    @Test(arguments: [
        Change("deadline", nil), Change("deadline", ""), Change("deadline", "-1"), Change("deadline", "1.5"),
        Change("deadline", "99999999999999999999"), Change("deadline", "86400001"),
        Change("form", nil), Change("form", "x"), Change("form", "0", .form), Change("form", "255", .form),
        Change("form", "256", .form), Change("form", "99999999999999999999"),
        Change("engine", nil), Change("configuration", nil), Change("purges", nil), Change("purges", "x"),
        Change("purges", "a=0"), Change("purges", "a=1,a=2"), Change("purges", "a=1,"), Change("purges", "a=-1"),
        Change("host", nil), Change("path", nil), Change("path", ""), Change("path", "demo/a.jpg"),
        Change("query", nil), Change("asked-at", nil), Change("asked-at", "-1"), Change("asked-at", "soon"),
        Change("relay", "no"), Change("relay", ""),
    ]) func whatMakesNoSenseIsRefused(_ change: Change) {
        var fields = RegionFields()
        for field in Self.full.fields.list {
            if field.name != change.name {
                fields.add(field.name, field.value)
            } else if let value = change.value {
                fields.add(field.name, value)
            }
        }
        #expect(throws: change.refusal) { try RegionQuestion(fields) }
    }

    @Test(arguments: ["path", "known", "form", "unheard-of", "from"])
    func noNameIsUnknownOrComesTwice(_ name: String) {
        var fields = Self.full.fields
        fields.add(name, "3")
        #expect(throws: RegionRefusal.malformed) { try RegionQuestion(fields) }
    }

    /// Whatever else a question of another form says, it is told that.
    @Test func theFormGoesFirst() {
        var fields = RegionFields()
        fields.add("form", "77")
        fields.add("something-new", "1")
        #expect(throws: RegionRefusal.form) { try RegionQuestion(fields) }
    }

    /// As long as nginx takes a URL; of headers, what is longer than any sensible one is left out.
    @Test func theLongestURLFits() throws {
        var question = Self.full
        question.client.path = "/" + String(repeating: "é", count: 8000)
        question.client.range = "bytes=" + String(repeating: "0-1,", count: 248)
        #expect(question.client.range != nil)
        question.client.ifRange = String(repeating: "x", count: 1000)
        question.known = String(repeating: "x", count: 1000)
        #expect(question.fields.text.count < RegionFields.longestText - 2048)
        #expect(try RegionQuestion(question.fields) == question)
        question.client.range = "bytes=" + String(repeating: "0-1,", count: 249)
        question.client.ifRange = String(repeating: "x", count: 1001)
        question.known = String(repeating: "x", count: 1001)
        #expect((question.client.range, question.client.ifRange, question.known) == (nil, nil, nil))
    }

    @Test func everyQuestionHasItsKey() {
        let changes: [@Sendable (inout RegionQuestion) -> Void] = [
            { $0.client.host = "other" }, { $0.client.path = "/" }, { $0.client.query = "" },
            { $0.client.accept = nil }, { $0.client.widthHint = nil }, { $0.client.pixelRatioHint = "1" },
            { $0.client.range = nil }, { $0.client.ifRange = "" }, { $0.known = nil },
            { ($0.client.range, $0.client.ifRange) = ($0.client.ifRange, $0.client.range) },
        ]
        var keys = Set([Self.full.key(nonce: Self.nonce), Self.full.key(nonce: String(Self.nonce.reversed()))])
        for change in changes {
            var question = Self.full
            change(&question)
            keys.insert(question.key(nonce: Self.nonce))
        }
        #expect(keys.count == changes.count + 2)
    }

    /// What both sides count differently is not in it.
    @Test func theKeyIsTheSameOnBothSides() throws {
        var sent = Self.full
        sent.deadline = .seconds(1)
        #expect(sent.key(nonce: Self.nonce) == Self.full.key(nonce: Self.nonce))
        #expect(try RegionQuestion(sent.fields).key(nonce: Self.nonce) == sent.key(nonce: Self.nonce))
    }
}
