import Testing
import TextEncodings

@Suite("Base64")
struct Base64Tests {
    /// RFC 4648 §10, and what tells the alphabets apart.
    @Test(
        "Is that of the standard",
        arguments: [
            ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"),
            ("foob", "Zm9vYg==", "Zm9vYg"), ("fooba", "Zm9vYmE=", "Zm9vYmE"), ("foobar", "Zm9vYmFy", "Zm9vYmFy"),
            ("~~?>", "fn4/Pg==", "fn4_Pg"), ("~~>>", "fn4+Pg==", "fn4-Pg"),
        ])
    func vectors(text: String, standard: String, urlSafe: String) {
        #expect(Base64.encoded([UInt8](text.utf8)) == standard)
        #expect(Base64.encoded([UInt8](text.utf8), .urlSafe) == urlSafe)
        #expect(Base64.decoded(standard[...]) == [UInt8](text.utf8))
        #expect(Base64.decoded(standard[...], urlSafeToo: true) == [UInt8](text.utf8))
        #expect(Base64.decoded(urlSafe[...], urlSafeToo: true) == [UInt8](text.utf8))
    }

    @Test("Reads nothing else", arguments: ["A", "A===", "Zg===", "Z=g=", "fn4_", "Zm 9v", "é"])
    func malformed(text: String) {
        #expect(Base64.decoded(text[...]) == nil)
    }
}
