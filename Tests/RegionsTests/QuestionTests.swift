import Caching
import Purging
import Regions
import Testing

@Suite struct QuestionTests {
    static let full: RegionQuestion = {
        var question = RegionQuestion(
            deadline: .milliseconds(7400), engine: "3", configuration: "0123456789abcdef01234567",
            purges: PurgeVector(["ap-south": 12, "us-east": 99]), host: "images.shop.example",
            path: "/demo/tr:w-300/été/a%20b.jpg", query: "v=1&ik-s=00")
        question.accept = "image/avif,image/webp"
        question.widthHint = "640"
        question.pixelRatioHint = "2.0"
        question.range = "bytes=0-99"
        question.ifRange = "\"tag\""
        question.known = "\"other\""
        return question
    }()

    private static let nonce = "0123456789abcdef0123456789abcdef"

    @Test func goesThroughAText() throws {
        let fields = try #require(RegionFields(Self.full.fields.text))
        #expect(try RegionQuestion(fields) == Self.full)
        let least = RegionQuestion(
            deadline: .zero, engine: "", configuration: "", purges: PurgeVector(), host: "", path: "/", query: "")
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
        Change("query", nil),
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

    @Test func everyQuestionHasItsKey() {
        let changes: [@Sendable (inout RegionQuestion) -> Void] = [
            { $0.host = "other" }, { $0.path = "/" }, { $0.query = "" }, { $0.accept = nil }, { $0.widthHint = nil },
            { $0.pixelRatioHint = "1" }, { $0.range = nil }, { $0.ifRange = "" }, { $0.known = nil },
            { ($0.range, $0.ifRange) = ($0.ifRange, $0.range) },
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
