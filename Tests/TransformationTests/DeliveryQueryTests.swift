import Testing
import Transformation

@Suite struct DeliveryQueryTests {
    static func query(_ text: String) throws -> DeliveryQuery {
        try DeliveryURLTests.url("/demo/a.jpg", text).query
    }

    @Test(
        "3, 11: tr is decoded before it is split, a plus stays a plus",
        arguments: [
            ("", []), ("tr=", []), ("tr", []), ("tr=w-200,h-200", ["w-200,h-200"]),
            ("tr=h-300%2Cw-300", ["h-300,w-300"]),
            ("tr=w-1%3Art-90", ["w-1:rt-90"]), ("%74r=w-1", ["w-1"]), ("tr=i-a+b", ["i-a+b"]),
            ("tr=i-30%25%20off", ["i-30% off"]),
            ("tr=i-30%%20off%", ["i-30% off%"]), ("tr=w-1&v=2&tr=h-2", ["w-1", "h-2"]), ("tr=a=b", ["a=b"]),
            ("&&tr=w-1&", ["w-1"]),
            ("orig-true", ["orig-true"]), ("tr=w-1&orig-true", ["w-1", "orig-true"]),
        ] as [(String, [String])])
    func transformations(_ query: String, _ expected: [String]) throws {
        #expect(try DeliveryURLTests.url("/demo/a.jpg", query).transformations == expected)
    }

    @Test func pathBeforeQuery() throws {
        #expect(try DeliveryURLTests.url("/demo/tr:w-1/a.jpg", "tr=h-2").transformations == ["w-1", "h-2"])
    }

    @Test(
        "20: everything without a meaning passes through raw and in order",
        arguments: [
            ("v=123&tr=w-1&x=%2f%2F+&&y", "v=123&x=%2f%2F+&y"), ("ik-s=abc&v=1&ik-t=5", "v=1"),
            ("ik-sdk-version=ios-x", ""),
            ("a=1&a=2", "a=1&a=2"), ("TR=w-1", "TR=w-1"), ("ik-other=1", "ik-other=1"), ("%zz=%", "%zz=%"),
            ("q=é b", "q=%C3%A9%20b"),
        ])
    func passthrough(_ query: String, _ expected: String) throws {
        #expect(try Self.query(query).passthrough == expected)
    }

    @Test func switches() throws {
        let query = try Self.query(
            "ik-attachment=true&ik-attachment-filename=my%20cat%22.jpg&ik-sanitizeSvg=false&ik-sdk-version=py-4"
        )
        #expect(query.switches.isAttachment)
        #expect(query.switches.attachmentFilename == "my cat\".jpg")
        #expect(query.passthrough == "")
        #expect(try Self.query("ik-attachment=false").switches == DeliverySwitches())
        #expect(throws: TransformationError.notAvailable(parameter: "ik-obj-version")) {
            try Self.query("ik-obj-version=v1")
        }
    }

    @Test(
        "A21: control characters never come through",
        arguments: [
            "ik-attachment-filename=a%0d%0ab", "ik-attachment-filename=a%00", "tr=w-1%0A", "v=\r\n", "v=\u{7F}",
        ])
    func controlCharacters(_ query: String) {
        #expect(throws: TransformationError.malformedURL(.controlCharacter)) { try Self.query(query) }
    }

    @Test(arguments: ["tr=%ff", "ik-attachment-filename=%C0%AF"])
    func invalidText(_ query: String) {
        #expect(throws: TransformationError.malformedURL(.invalidText)) { try Self.query(query) }
    }
}
