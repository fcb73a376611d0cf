import Explaining
import Testing
import TextEncodings

/// Texts without the addresses that open something.
struct SecretAddressTests {
    @Test(arguments: [
        ("https://user:pw@host/a.png", true), ("http://host/a.png?v=1", true), ("HTTPS://u@h", true),
        ("https%3A%2F%2Fu%40h", true), ("https:/h/a%3Fv=1", true), ("/https:@@@@u:pw@h@@a", true),
        ("ht%74ps://u@h", true), ("%68TTP%3a%2f%2fh%2fa%3fv", true), ("ht%74p:@@@@u%2540h", true),
        ("ht%74ps://host/a.png", false), ("ht%74ps/a@b", false),
        ("https://host/a.png", false), ("https:@@@@host@@a.png", false), ("a@b?c", false), ("", false),
    ])
    func `An address with a user or a query opens something`(_ text: String, _ isSecret: Bool) {
        #expect(SecretAddress.isIn(text) == isSecret)
    }

    private static let secret = "https://user:topsecret@host/x.png?sig=1"

    struct Case: CustomTestStringConvertible {
        let text: String
        /// The same text is shown if it is `nil`.
        var shown: String?
        var testDescription: String { text }
    }

    private static let urlSafe = Base64.encoded([UInt8](secret.utf8), .urlSafe)
    private static let standard = Base64.encoded([UInt8](secret.utf8))
    private static let path = Base64.encoded([UInt8]("logos/a.png".utf8))

    @Test(arguments: [
        Case(text: ""), Case(text: "w-300:l-image,i-a.png,l-end"), Case(text: "l-image,ie-\(path),l-end"),
        Case(text: "l-image,ie-not base64,l-end"), Case(text: "movie-\(urlSafe)"), Case(text: "ie-"), Case(text: "%6"),
        Case(text: "ie-\(urlSafe)", shown: "ie-(hidden)"),
        Case(text: "l-image,ie-\(standard),w-3,l-end", shown: "l-image,ie-(hidden),w-3,l-end"),
        Case(
            text: "/demo/tr:l-image%2Cie-\(urlSafe)%2Cl-end/a.jpg",
            shown: "/demo/tr:l-image%2Cie-(hidden)%2Cl-end/a.jpg"),
        Case(text: "l-image:%69%65%2d\(urlSafe)%3D,l-end", shown: "l-image:%69%65%2d(hidden),l-end"),
        Case(text: "l-text,ie-\(urlSafe.prefix(8))!*\(urlSafe.dropFirst(8)),l-end", shown: "l-text,ie-(hidden),l-end"),
        Case(text: "l-text,ie-%61\(urlSafe.dropFirst()),l-end", shown: "l-text,ie-(hidden),l-end"),
        Case(text: "l-text,ie-https%3a//u:p@h,l-end", shown: nil),
        Case(
            text: "l-image,ie-\(urlSafe),l-end,l-image,ie-\(path),l-end,l-image,ie-\(urlSafe),l-end&a=b",
            shown: "l-image,ie-(hidden),l-end,l-image,ie-\(path),l-end,l-image,ie-(hidden),l-end&a=b"),
    ])
    func `Such inputs are left out, and they alone`(_ one: Case) {
        let shown = SecretAddress.withoutInputs(one.text)
        #expect(shown == one.shown ?? one.text)
        #expect(SecretAddress.withoutInputs(shown) == shown)
    }

    @Test(arguments: [
        ("value 'a' of 'b' is bad", "value '(hidden)' is bad"), ("it's", "it's"), ("", ""), ("''", "'(hidden)'"),
    ])
    func `A message can do without what it quotes`(_ message: String, _ shown: String) {
        #expect(SecretAddress.withoutQuotes(message) == shown)
    }
}
