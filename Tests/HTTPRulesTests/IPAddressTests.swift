import HTTPRules
import Testing

struct IPAddressTests {
    @Test(arguments: [
        "0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8",
        "1:0:3:4:5:6:7:8", "1:0:0:4::8", "1::4:0:0:8", "::ffff:c000:201", "fe80::1:2:3:4",
    ])
    func isWrittenInItsShortestForm(_ text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }

    @Test(
        arguments: [
            ("0.0.0.0", [0, 0, 0, 0]), ("127.0.0.1", [127, 0, 0, 1]), ("255.255.255.255", [255, 255, 255, 255]),
            ("::", [UInt8](repeating: 0, count: 16)), ("::1", [UInt8](repeating: 0, count: 15) + [1]),
            ("2001:DB8::1", [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("1:2:3:4:5:6:7::", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]),
            ("::ffff:192.0.2.1", [UInt8](repeating: 0, count: 10) + [255, 255, 192, 0, 2, 1]),
            ("64:ff9b::127.0.0.1", [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8) + [127, 0, 0, 1]),
        ] as [(String, [UInt8])])
    func isParsed(text: String, bytes: [UInt8]) throws {
        let address = try #require(IPAddress(text))
        #expect(address == IPAddress(bytes: bytes))
        #expect(address.family == (bytes.count == 4 ? .v4 : .v6))
    }

    @Test(arguments: [
        "", "1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.01", "256.0.0.1", "1.2.3", "1.2.3.4.5",
        "1.2.3.4 ",
        "+1.2.3.4", "1..2.3", ".1.2.3", ":", ":::", "1::2::3", "::1%eth0", "[::1]", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::12345", "::g", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", ":1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:",
        "::ffff:0177.0.0.1", "١.٢.٣.٤", "1:2:3:4:5:6:7:1.2.3.4",
    ])
    func isRefused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("127.8.9.10", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false), ("::2", false),
    ])
    func knowsLoopback(text: String, expected: Bool) {
        #expect(IPAddress(text)?.isLoopback == expected)
    }

    @Test func onlyFourOrSixteenBytesAreAnAddress() {
        for count in [0, 1, 3, 5, 15, 17] { #expect(IPAddress(bytes: [UInt8](repeating: 0, count: count)) == nil) }
    }
}

struct IPRangeTests {
    struct Case: CustomTestStringConvertible {
        let range: String
        let address: String
        let isInside: Bool
        var testDescription: String { "\(address) in \(range): \(isInside)" }
    }

    @Test(arguments: [
        Case(range: "10.0.0.0/8", address: "10.255.0.1", isInside: true),
        Case(range: "10.0.0.0/8", address: "11.0.0.0", isInside: false),
        Case(range: "10.9.8.7/8", address: "10.0.0.1", isInside: true),
        Case(range: "192.168.1.128/25", address: "192.168.1.127", isInside: false),
        Case(range: "192.168.1.128/25", address: "192.168.1.128", isInside: true),
        Case(range: "0.0.0.0/0", address: "255.1.2.3", isInside: true),
        Case(range: "0.0.0.0/0", address: "::1", isInside: false),
        Case(range: "::/0", address: "fe80::1", isInside: true),
        Case(range: "::/0", address: "1.2.3.4", isInside: false),
        Case(range: "10.0.0.1", address: "10.0.0.1", isInside: true),
        Case(range: "10.0.0.1", address: "10.0.0.2", isInside: false),
        Case(range: "fd00::/8", address: "fdff::1", isInside: true),
        Case(range: "fd00::/8", address: "fe00::1", isInside: false),
        Case(range: "10.0.0.0/8", address: "::ffff:10.1.1.1", isInside: true),
        Case(range: "::ffff:0:0/96", address: "::ffff:10.1.1.1", isInside: true),
    ])
    func contains(_ item: Case) throws {
        let range = try #require(IPRange(item.range))
        let address = try #require(IPAddress(item.address))
        #expect(range.contains(address) == item.isInside)
    }

    @Test(arguments: [
        ("0.0.0.0/0", true), ("10.1.2.3/0", true), ("::/0", true), ("0.0.0.0/1", false), ("0.0.0.0", false),
        ("::/1", false), ("::", false),
    ])
    func isEverything(_ text: String, _ expected: Bool) throws {
        #expect(try #require(IPRange(text)).isEverything == expected)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/8/8", "10/8",
        "::/-1",
    ])
    func isRefused(_ text: String) {
        #expect(IPRange(text) == nil)
    }
}
