import Caching
import Memory

/// Entries and keys that the tests of this target share.
enum Samples {
    static let madeAt: Int64 = 1_700_000_000

    static func key(_ number: UInt8 = 1) throws -> VariantKey {
        guard let key = VariantKey(digest: (0..<32).map { $0 &* 7 &+ number }) else { throw WrongSample() }
        return key
    }

    static func variant(_ body: [UInt8], expiresAt: Int64 = madeAt + 3600) -> Entry {
        let variant = Entry.Variant(
            contentType: "image/webp",
            entityTag: "\"0123456789abcdef\"",
            lastModified: 1_600_000_000,
            originalIdentity: "photos/kleiber.jpg \"5f-1\"",
            width: 300,
            height: 200,
            body: body
        )
        return Entry(
            content: .variant(variant), madeAt: madeAt, expiresAt: expiresAt, region: "eu-central", purgeEpoch: 7
        )
    }

    static func failure(expiresAt: Int64 = madeAt + 60) -> Entry {
        let failure = Entry.Failure(status: 404, code: "ENOENT", message: "größer als nichts")
        return Entry(content: .failure(failure), madeAt: madeAt, expiresAt: expiresAt, region: "")
    }

    struct WrongSample: Error {}
}

/// Everything of an entry that can be compared.
struct EntryFacts: Equatable {
    var numbers: [Int64]
    var texts: [String]
    var body: [UInt8]?

    init(_ entry: Entry) {
        numbers = [entry.madeAt, entry.expiresAt, Int64(bitPattern: entry.purgeEpoch)]
        texts = [entry.region]
        switch entry.content {
        case .variant(let variant):
            numbers += [variant.lastModified ?? .min, Int64(variant.width ?? -1), Int64(variant.height ?? -1)]
            texts += [variant.contentType, variant.entityTag, variant.originalIdentity]
            body = variant.body.copied
        case .failure(let failure):
            numbers.append(Int64(failure.status))
            texts += [failure.code, failure.message]
        }
    }
}
