import Caching
import Testing

@Suite struct VariantKeyTests {
    @Test func needs32Bytes() {
        for count in [0, 31, 33, 64] {
            #expect(VariantKey(digest: [UInt8](repeating: 1, count: count)) == nil)
        }
    }

    @Test func keepsItsDigest() throws {
        let digest = (0..<32).map { UInt8($0 * 8) }
        let key = try #require(VariantKey(digest: digest))
        #expect(key.digest == digest)
        #expect(key == VariantKey(digest: digest.map { $0 }))
        #expect(try Samples.key(1) != Samples.key(2))
    }

    struct Case: Sendable {
        let digest: [UInt8]
        let text: String
    }

    /// Computed with Python's `base64.urlsafe_b64encode`.
    @Test(arguments: [
        Case(digest: .init(repeating: 0, count: 32), text: String(repeating: "A", count: 43)),
        Case(digest: .init(repeating: 255, count: 32), text: String(repeating: "_", count: 42) + "8"),
        Case(digest: (0..<32).map { $0 * 8 }, text: "AAgQGCAoMDhASFBYYGhweICIkJigqLC4wMjQ2ODo8Pg"),
    ]) func hasAPrintableName(_ wanted: Case) throws {
        let key = try #require(VariantKey(digest: wanted.digest))
        #expect(key.redisName == "apus:v1:" + wanted.text)
        #expect(key.description == wanted.text)
    }
}
