import Signing
import Testing

/// Requests that try to pass without a signature, or with somebody else's.
struct AbuseTests {
    static let key = "private_key"
    static let now: Int64 = 1_700_000_000
    static let cuts = ["/demo/", "/demo/product-images/"]

    private func verdict(
        _ url: String, cuts: [String] = cuts, keys: [String] = [key], now: Int64 = now
    ) -> SignatureVerdict {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return URLSignature.verify(path: parts[0], query: parts.dropFirst().first, cuts: cuts, keys: keys, now: now)
    }

    private func signed(
        _ url: String, cut: String = "/demo/", key: String = key, expiry: Int64? = nil
    ) throws -> String {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return try URLSignature.sign(path: parts[0], query: parts.dropFirst().first, cut: cut, key: key, expiry: expiry)
    }

    @Test(arguments: [
        "/demo/a.jpg", "/demo/a.jpg?", "/demo/a.jpg?v=1", "/demo/ik-s=1", "/demo/a?xik-s=1", "/demo/a?ik-sx=1",
    ])
    func withoutASignatureThereIsNone(_ url: String) {
        #expect(verdict(url) == .absent)
    }

    @Test func aChangedSignatureIsInvalid() throws {
        let url = try signed("/demo/a.jpg")
        #expect(verdict(url) == .valid(expiry: nil))
        #expect(verdict(String(url.dropLast())) == .invalid)
        #expect(verdict(url + "0") == .invalid)
        #expect(verdict(url + "%30") == .invalid)
        #expect(verdict(url + " ") == .invalid)
        #expect(verdict(url.replacing("ik-s=", with: "ik-s= ")) == .invalid)
        #expect(verdict("/demo/a.jpg?ik-s=") == .invalid)
        #expect(verdict("/demo/a.jpg?ik-s") == .invalid)
        let signature = Array(url.utf8.suffix(40))
        for index in signature.indices {
            var changed = signature
            changed[index] = changed[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            #expect(verdict("/demo/a.jpg?ik-s=" + String(decoding: changed, as: UTF8.self)) == .invalid)
        }
    }

    @Test(arguments: [
        "/demo/a.jpg#frag", "/demo/a.jpg#", "/demo/#/a.jpg", "/demo/a.jpg?v=1#frag", "/demo/a.jpg?#",
        "/demo/a.jpg#f?v=1",
    ])
    func aFragmentIsNotSigned(_ url: String) {
        #expect(throws: SigningError.fragment) { try signed(url) }
    }

    @Test func anEncodedNumberSignIsPartOfAName() throws {
        let url = try signed("/demo/a%23b.jpg?v=%23")
        #expect(verdict(url) == .valid(expiry: nil))
    }

    @Test func upperCaseIsInvalid() throws {
        let url = try signed("/demo/a.jpg")
        #expect(verdict("/demo/a.jpg?ik-s=" + url.suffix(40).uppercased()) == .invalid)
    }

    @Test func aSignatureOfSomethingElseIsInvalid() throws {
        let signature = try signed("/demo/a.jpg").suffix(40)
        #expect(verdict("/demo/b.jpg?ik-s=\(signature)") == .invalid)
        #expect(verdict("/demo/a.jpg?v=1&ik-s=\(signature)") == .invalid)
        #expect(verdict("/demo/a.jpg?ik-s=\(signature)&v=1") == .invalid)
        #expect(verdict("/demo/tr:w-1/a.jpg?ik-s=\(signature)") == .invalid)
        #expect(verdict("/demo/a%2Ejpg?ik-s=\(signature)") == .invalid)
        #expect(verdict("/other/a.jpg?ik-s=\(signature)") == .invalid)
        #expect(verdict("/demo?ik-s=\(signature)") == .invalid)
        #expect(verdict("?ik-s=\(signature)") == .invalid)
    }

    @Test(
        arguments: [
            (-1_000_000, false), (-3, false), (-2, true), (-1, true), (0, true), (1, true), (8_299_999_998, true),
        ] as [(Int64, Bool)])
    func theExpiryHasTwoSecondsOfLeeway(offset: Int64, isAllowed: Bool) throws {
        let expiry = Self.now + offset
        let url = try signed("/demo/a.jpg", expiry: expiry)
        #expect(verdict(url) == (isAllowed ? .valid(expiry: expiry) : .expired))
    }

    @Test func anExplicitEndlessExpiryIsNone() throws {
        let signature = URLSignature.signature(of: "a.jpg", key: Self.key)
        #expect(verdict("/demo/a.jpg?ik-t=9999999999&ik-s=\(signature)") == .valid(expiry: nil))
        #expect(verdict("/demo/a.jpg?ik-t=9999999999&ik-s=\(signature)", now: .max) == .valid(expiry: nil))
    }

    @Test func expiredIsSaidOnlyOfARightSignature() throws {
        let url = try signed("/demo/a.jpg", expiry: Self.now - 100)
        #expect(verdict(url) == .expired)
        #expect(verdict(url.replacing("a.jpg", with: "b.jpg")) == .invalid)
        #expect(verdict(url, keys: ["another"]) == .invalid)
    }

    @Test(arguments: [
        "", "0", "-1700000000", "+1700000000", "01700000000", "0170000000", "170000000", "17000000000", "1700000000 ",
        " 1700000000",
        "1.70000000", "17e8000000", "99999999999999999999", "١٧٠٠٠٠٠٠٠٠", "1700000000%20", "abcdefghij",
    ])
    func aMalformedExpiryIsInvalid(_ text: String) {
        let signature = URLSignature.signature(of: "a.jpg", expiry: Self.now, key: Self.key)
        #expect(verdict("/demo/a.jpg?ik-t=\(text)&ik-s=\(signature)") == .invalid)
    }

    @Test func anExpiryThatWasAddedLaterIsInvalid() throws {
        let url = try signed("/demo/a.jpg")
        #expect(verdict(url + "&ik-t=\(Self.now)") == .invalid)
        #expect(verdict("/demo/a.jpg?ik-t=\(Self.now)") == .invalid)
    }

    @Test func anExpiryThatWasTakenAwayOrMovedIsInvalid() throws {
        let url = try signed("/demo/a.jpg", expiry: Self.now)
        #expect(verdict(url.replacing("ik-t=\(Self.now)&", with: "")) == .invalid)
        #expect(verdict(url.replacing("ik-t=\(Self.now)", with: "ik-t=\(Self.now + 1)")) == .invalid)
    }

    /// Nothing separates the URL from its expiry in what is signed, so a digit must not be able to change sides.
    @Test(arguments: [("1", "21700000000"), ("", "121700000000"), ("121", "700000000"), ("1217", "00000000")])
    func digitsCannotMoveIntoTheExpiry(version: String, expiry: String) throws {
        let url = try signed("/demo/a.jpg?v=12", expiry: Self.now)
        #expect(verdict(url) == .valid(expiry: Self.now))
        let signature = url.suffix(40)
        #expect(verdict("/demo/a.jpg?v=\(version)&ik-t=\(expiry)&ik-s=\(signature)") == .invalid)
    }

    @Test func keysRotate() throws {
        let url = try signed("/demo/a.jpg", key: "old")
        #expect(verdict(url, keys: ["new", "old"]) == .valid(expiry: nil))
        #expect(verdict(url, keys: ["new"]) == .invalid)
        #expect(verdict(url, keys: []) == .invalid)
        let empty = URLSignature.signature(of: "a.jpg", key: "")
        #expect(verdict("/demo/a.jpg?ik-s=\(empty)", keys: [""]) == .invalid)
    }

    @Test(arguments: ["ik-s=0", "ik-s=", "ik-s", "ik-t=1700000000", "ik-t"])
    func parametersGivenTwiceAreInvalid(_ extra: String) throws {
        let url = try signed("/demo/a.jpg?v=1", expiry: Self.now)
        #expect(verdict(url) == .valid(expiry: Self.now))
        #expect(verdict("\(url)&\(extra)") == .invalid)
        #expect(verdict(url.replacing("?", with: "?\(extra)&")) == .invalid)
    }

    /// Other spellings are other parameters, which the signature does not cover.
    @Test(arguments: ["IK-S", "Ik-t", "ik%2Ds", "%69k-t", "ik-t[]", "ik_s", " ik-s"])
    func otherSpellingsOfTheNamesAreOtherParameters(_ name: String) throws {
        let url = try signed("/demo/a.jpg")
        #expect(verdict("\(url)&\(name)=1") == .invalid)
        #expect(verdict("/demo/a.jpg?\(name)=\(url.suffix(40))") == .absent)
        #expect(verdict(try signed("/demo/a.jpg?\(name.replacing(" ", with: "x"))=1")) == .valid(expiry: nil))
    }

    @Test(arguments: [
        "/demo/a.jpg?", "/demo/a.jpg?&", "/demo/a.jpg?a=1&", "/demo/a.jpg?a=1&&b", "/demo/a.jpg?=&=",
        "/demo/a.jpg?tr=w-1%2Ch-1",
        "/demo/a.jpg?x=%zz", "/demo/", "/demo/https://host/file.jpg?x=1?y=2", "/demo/https%3A%2F%2Fhost%2Ffile.jpg",
    ])
    func oddQueriesAreKeptAsTheyAre(_ url: String) throws {
        #expect(verdict(try signed(url)) == .valid(expiry: nil))
        #expect(verdict(try signed(url, expiry: Self.now)) == .valid(expiry: Self.now))
    }

    @Test func everyCutIsTried() throws {
        let path = "/demo/product-images/a.jpg"
        #expect(verdict(try signed(path, cut: "/demo/")) == .valid(expiry: nil))
        #expect(verdict(try signed(path, cut: "/demo/product-images/")) == .valid(expiry: nil))
        #expect(verdict(try signed("/demo/ik-seo/a/b.jpg", cut: "/demo/ik-seo/")) == .invalid)
        #expect(verdict(try signed("/demo/ik-seo/a/b.jpg", cut: "/demo/")) == .valid(expiry: nil))
        #expect(verdict(try signed("/a.jpg", cut: "/"), cuts: ["/"]) == .valid(expiry: nil))
        #expect(verdict(try signed(path, cut: "/")) == .invalid)
    }

    @Test(
        arguments: [
            ("ik-t=1700000000&ik-s=0", 1_700_000_000), ("v=1&ik-t=1700000000", 1_700_000_000), ("", nil),
            ("ik-s=0", nil),
            ("ik-t=9999999999", nil), ("ik-t=170000000", nil), ("ik-t=", nil), ("IK-T=1700000000", nil),
        ] as [(String, Int64?)])
    func theEndThatAURLNamesIsTold(_ query: String, _ expiry: Int64?) {
        #expect(URLSignature.expiry(namedBy: query) == expiry)
    }

    @Test func hugeQueriesAreAnswered() throws {
        let query = String(repeating: "a=1&", count: 16_000)
        #expect(verdict(try signed("/demo/a.jpg?" + query)) == .valid(expiry: nil))
        #expect(verdict("/demo/a.jpg?" + String(repeating: "ik-s=0&", count: 9000)) == .invalid)
    }
}

struct SignTests {
    @Test func whatIsNoASCIIIsEncodedFirst() throws {
        let signed = try URLSignature.sign(path: "/demo/é b.jpg", query: "x=ü", cut: "/demo/", key: "k")
        #expect(signed.hasPrefix("/demo/%C3%A9%20b.jpg?x=%C3%BC&ik-s="))
        #expect(signed.hasSuffix(URLSignature.signature(of: "%C3%A9%20b.jpg?x=%C3%BC", key: "k")))
    }

    @Test func refusesWhatCannotBeVerified() {
        let sign = { (path: String, query: String?, key: String, expiry: Int64?) throws(SigningError) in
            try URLSignature.sign(path: path, query: query, cut: "/demo/", key: key, expiry: expiry)
        }
        #expect(throws: SigningError.outsideEndpoint(cut: "/demo/")) { try sign("/a.jpg", nil, "k", nil) }
        #expect(throws: SigningError.alreadySigned) { try sign("/demo/a.jpg", "ik-s=1", "k", nil) }
        #expect(throws: SigningError.alreadySigned) { try sign("/demo/a.jpg", "ik-t", "k", nil) }
        #expect(throws: SigningError.emptyKey) { try sign("/demo/a.jpg", nil, "", nil) }
        for expiry in [Int64.min, -1, 0, 999_999_999, 10_000_000_000, .max] {
            #expect(throws: SigningError.expiryOutOfRange(expiry)) { try sign("/demo/a.jpg", nil, "k", expiry) }
        }
    }
}
