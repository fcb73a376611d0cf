import Digests
import Testing

struct DigestTests {
    /// Lists of fields that a careless hash would take for one another.
    static let builders: [@Sendable (inout DigestBuilder) -> Void] = [
        { _ in },
        { $0.add("") },
        { $0.add(nil as String?) },
        { $0.add([UInt8]()) },
        { $0.add([String]()) },
        { $0.add(Int64(0)) },
        { $0.add("ab") },
        {
            $0.add("a"); $0.add("b")
        },
        {
            $0.add(""); $0.add("ab")
        },
        {
            $0.add("ab"); $0.add("")
        },
        { $0.add(["a", "b"]) },
        {
            $0.add(["a"]); $0.add(["b"])
        },
        { $0.add(["ab"]) },
        { $0.add([UInt8("a".utf8.first ?? 0), 98]) },
        { $0.add(Int64(0x6162)) },
        { $0.add(Int64(-1)) },
        { $0.add(Int64.min) },
    ]

    @Test func differentFieldsHaveDifferentDigests() {
        var digests: Set<Digest> = []
        for purpose in ["variant", "original"] {
            for add in Self.builders {
                var builder = DigestBuilder(purpose)
                add(&builder)
                digests.insert(builder.finish())
            }
        }
        #expect(digests.count == 2 * Self.builders.count)
    }

    @Test func theSameFieldsHaveTheSameDigest() {
        let digest = { () -> Digest in
            var builder = DigestBuilder("variant")
            builder.add("photo.jpg")
            builder.add([1, 2, 3].span.bytes)
            builder.add(Int64(7))
            return builder.finish()
        }
        #expect(digest() == digest())
    }

    /// Digests are kept in Redis and in entity tags: another version must not compute others by accident.
    @Test func aKnownDigestStays() {
        var builder = DigestBuilder("variant")
        builder.add("photo.jpg")
        builder.add(nil as String?)
        builder.add([1, 2, 3] as [UInt8])
        builder.add(Int64(-2))
        builder.add(["w-1", "h-2"])
        #expect(builder.finish().hex == "1ca79b02fd5e66a2db955b4614f46481213c624a448a8f49f49b45b826e86ce8")
    }

    @Test func finishingDoesNotEndIt() {
        var builder = DigestBuilder("x")
        builder.add("a")
        let first = builder.finish()
        #expect(builder.finish() == first)
        builder.add("b")
        #expect(builder.finish() != first)
    }

    @Test func isShownAsHexadecimal() {
        let digest = DigestBuilder("x").finish()
        #expect(digest.bytes.count == 32 && digest.hex.utf8.count == 64)
        #expect(digest.hex == digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}
