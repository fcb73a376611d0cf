import HTTPRules
import Testing

/// Absolute web addresses, as far as who is asked.
struct WebAddressTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        /// Scheme, host and target; `nil`: no such address.
        let parts: [String]?
        var hostName = ""
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "http://h/a?b#c", parts: ["http", "h", "/a?b#c"], hostName: "h"),
        Case(
            text: "HTTPS://Images.Shop.Example:8443/", parts: ["HTTPS", "Images.Shop.Example:8443", "/"],
            hostName: "images.shop.example"),
        Case(text: "http://user:topsecret@h.example./x", parts: ["http", "h.example.", "/x"], hostName: "h.example"),
        Case(text: "http://a@b@h/x@y", parts: ["http", "h", "/x@y"], hostName: "h"),
        Case(text: "https://[::1]:80?q=@", parts: ["https", "[::1]:80", "?q=@"], hostName: "[::1]"),
        Case(text: "http://[::1]", parts: ["http", "[::1]", ""], hostName: "[::1]"),
        Case(text: "http://h#f@g", parts: ["http", "h", "#f@g"], hostName: "h"),
        Case(text: "http://", parts: ["http", "", ""]), Case(text: "ftp://h/", parts: nil),
        Case(text: "/a/http://h/", parts: nil), Case(text: "h/a", parts: nil), Case(text: "", parts: nil),
    ])
    func `An address is taken apart`(_ expected: Case) {
        let address = WebAddress(expected.text)
        #expect(address.map { [$0.scheme, $0.host, $0.target] } == expected.parts)
        #expect((address?.hostName ?? "") == expected.hostName)
    }
}
