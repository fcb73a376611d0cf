import Deadlines
import Purging
import Regions
import Testing

/// What regions tell each other, as text.
@Suite struct ExchangeMessageTests {
    private static func rule(_ number: UInt64, of region: String, _ path: String = "/demo/a.jpg") -> PurgeRule {
        let digits = String(number, radix: 16)
        return PurgeRule(
            requestID: "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits,
            account: "demo", target: .path(path), acceptedAt: 1_700_000_000, number: 0,
            source: .init(region: region, number: number))
    }

    private static let full: ExchangeMessage = {
        var message = ExchangeMessage(
            configuration: "0123456789abcdef01234567", engine: "3", form: 3,
            known: PurgeVector(["eu": 12, "us": 99]),
            sightings: [
                .init(region: "eu", aliveAge: .zero, confirmedAge: .zero, settled: PurgeVector(["eu": 11])),
                .init(region: "us", aliveAge: .milliseconds(1500), confirmedAge: nil, settled: PurgeVector()),
                .init(region: "ap", aliveAge: nil, confirmedAge: nil, settled: PurgeVector(["eu": 1, "us": 2])),
            ],
            offers: [
                PurgeOffer(
                    source: "eu", after: 10, upTo: 12, rules: [rule(11, of: "eu"), rule(12, of: "eu", "/ü\n%")]),
                PurgeOffer(source: "us", after: 0, upTo: 99, isReset: true),
                PurgeOffer(source: "ap", after: 3, upTo: 3),
            ])
        message.isCut = true
        return message
    }()

    @Test func itIsReadAsItWasWritten() throws {
        let text = Self.full.fields.text
        let read = try #require(RegionFields(text).flatMap { ExchangeMessage($0) })
        #expect(read.configuration == Self.full.configuration)
        #expect(read.engine == "3")
        #expect(read.form == 3)
        #expect(read.known == Self.full.known)
        #expect(read.sightings == Self.full.sightings)
        #expect(read.offers == Self.full.offers)
        #expect(read.isCut)
    }

    @Test func anEmptyOneToo() throws {
        let message = ExchangeMessage(configuration: "", engine: "", form: 0, known: PurgeVector())
        let read = try #require(ExchangeMessage(message.fields))
        #expect(read.offers.isEmpty && read.sightings.isEmpty && !read.isCut)
        #expect(read.known == PurgeVector())
    }

    @Test func whatALaterVersionTellsBesidesIsPassedOver() throws {
        var fields = Self.full.fields
        fields.add("weather", "fine")
        #expect(ExchangeMessage(fields)?.offers == Self.full.offers)
    }

    @Test(arguments: [
        ("known", "eu=1,eu=2"), ("known", "eu"), ("known", "eu=99999999999999999999"), ("form", "256"), ("form", "-1"),
        ("region", "eu 0 0"), ("region", "eu x 0 "), ("region", "eu -1 0 "), ("region", " 0 0 "),
        ("region", "eu 0 99999999999999 "), ("region", "eu 0 0 eu=x"), ("offer", "eu 1 2"), ("offer", "eu 2 1 whole"),
        ("offer", "eu 1 2 half"), ("offer", " 1 2 whole"), ("offer", "eu 1 9007199254740993 whole"), ("rule", "x"),
        ("rule", ""), ("known", "eu=+1"), ("known", "us=1,eu=2"), ("form", "+3"), ("offer", "eu +1 2 whole"),
    ])
    func nonsenseIsNoMessage(_ name: String, _ value: String) {
        var fields = RegionFields()
        for field in Self.full.fields.list where field.name != name || ["rule", "offer", "region"].contains(name) {
            fields.add(field.name, field.value)
        }
        #expect(ExchangeMessage(fields) != nil || ["known", "form"].contains(name))
        fields.add(name, value)
        #expect(ExchangeMessage(fields) == nil)
    }

    @Test func aRuleBelongsToAnOffer() {
        var fields = RegionFields()
        for field in Self.full.fields.list where field.name != "offer" { fields.add(field.name, field.value) }
        #expect(ExchangeMessage(fields) == nil)
    }

    /// Region names of 100 bytes, and 100 of them: more than can be told, and still one message.
    @Test func manyRegionsWithLongNamesLeaveRoomForRules() throws {
        let names = (100..<200).map { String(repeating: "r", count: 97) + "\($0)" }
        let vector = PurgeVector(Dictionary(uniqueKeysWithValues: names.map { ($0, PurgeRule.highestNumber) }))
        var message = Self.full
        message.known = vector
        message.sightings = names.map { .init(region: $0, aliveAge: .zero, confirmedAge: .zero, settled: vector) }
        let text = message.fields.text
        #expect(text.count <= ExchangeMessage.longestText)
        let read = try #require(RegionFields(text).flatMap { ExchangeMessage($0) })
        #expect(read.known == vector)
        #expect(read.offers == Self.full.offers)
    }
}
