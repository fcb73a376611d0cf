import Explaining
import JSONReading
import Testing

/// A tree of facts as programs and as people read it.
struct FactTests {
    private let fact = Fact.fields(
        Fact.Field("url", .text("a\"b\nc")), Fact.Field("stringToSign", .unknown),
        Fact.Field("isRequired", .flag(true)),
        Fact.Field("missing", ifKnown: nil as String?), Fact.Field("none", .list([])),
        Fact.Field(
            "steps", .list([.fields(Fact.Field("name", .text("w")), Fact.Field("value", .number(-3))), .number(2)])))

    @Test func isJSON() {
        #expect(
            JSON([UInt8](fact.json.utf8))
                == .object([
                    "url": .string("a\"b\nc"), "stringToSign": .null, "isRequired": .bool(true), "none": .array([]),
                    "steps": .array([.object(["name": .string("w"), "value": .number("-3")]), .number("2")]),
                ]))
        #expect(fact.json.hasPrefix("{\n  \"url\": "))
        #expect(fact.json.hasSuffix("}\n"))
    }

    @Test func isReadByPeople() {
        #expect(
            fact.lines == """
                url: a"b\u{FFFD}c
                string to sign: not known
                is required: yes
                none: none
                steps:
                  - name: w
                    value: -3
                  - 2

                """)
    }
}
