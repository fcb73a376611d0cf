import Caching
import Digests
import Memory

/// Entries and keys that the tests of this target share.
enum Samples {
    static let madeAt: Int64 = 1_700_000_000

    static func key(_ number: UInt8 = 1, _ kind: EntryKey.Kind = .variant) -> EntryKey {
        EntryKey(kind, DigestBuilder("sample \(number)").finish())
    }

    static let source = Entry.Source(
        originID: "photos", identity: "tag \"5f-1\"", entityTag: "\"5f-1\"", lastModified: 1_600_000_000,
        contentType: "image/jpeg", isPrivate: true, isStandIn: true, cacheControl: "max-age=60", expires: "0",
        tags: ["a", "bird"],
        inputs: [
            .init(path: "/demo/logo.png", query: "v=1", originID: "brand"),
            .init(path: "/demo/font.ttf", originID: ""),
        ])

    static func variant(_ body: [UInt8], expiresAt: Int64 = madeAt + 3600) -> Entry {
        let variant = Entry.Variant(
            contentType: "image/webp", entityTag: "\"0123456789abcdef\"", width: 70_000, body: body)
        return Entry(
            content: .variant(variant), lifetime: lifetime(expiresAt), region: "eu-central", purgeEpoch: 7,
            source: source)
    }

    static func original(_ body: [UInt8], expiresAt: Int64 = madeAt + 3600) -> Entry {
        Entry(
            content: .original(Entry.SavedOriginal(body: body)), lifetime: lifetime(expiresAt), region: "eu-central",
            purgeEpoch: 8, source: source)
    }

    static func file(_ length: Int?) -> Entry {
        let file = Entry.File(contentType: "video/mp4", entityTag: "\"f\"", length: length)
        return Entry(
            content: .file(file), lifetime: lifetime(madeAt + 3600), region: "eu-central", purgeEpoch: 9,
            source: source)
    }

    /// Fresh to the end but for the last minute.
    static func lifetime(_ expiresAt: Int64) -> Lifetime {
        Lifetime(
            madeAt: madeAt, freshUntil: expiresAt &- 60, revalidatingUntil: expiresAt &- 40,
            staleUntil: expiresAt &- 20, expiresAt: expiresAt, control: "max-age=60")
    }

    static func failure(expiresAt: Int64 = madeAt + 60) -> Entry {
        let failure = Entry.Failure(status: 404, code: "ENOENT", message: "größer als nichts")
        return Entry(content: .failure(failure), lifetime: Lifetime(madeAt: madeAt, freshUntil: expiresAt), region: "")
    }

}

extension Entry {
    /// Its parts in one piece, as they lie in a tier.
    func bytes(for key: EntryKey) -> [UInt8]? {
        encoded(for: key).map { parts in parts.flatMap(\.copied) }
    }
}

/// Everything of an entry that can be compared.
struct EntryFacts: Equatable {
    var numbers: [Int64]
    var texts: [String]
    var source: Entry.Source
    var body: [UInt8]

    init(_ entry: Entry) {
        let lifetime = entry.lifetime
        numbers = [
            lifetime.madeAt, lifetime.freshUntil, lifetime.revalidatingUntil, lifetime.staleUntil, lifetime.expiresAt,
            Int64(bitPattern: entry.purgeEpoch),
        ]
        texts = [entry.region, lifetime.control]
        source = entry.source
        body = entry.body.copied
        switch entry.content {
        case .variant(let variant):
            numbers.append(Int64(variant.width ?? -1))
            texts += ["variant", variant.contentType, variant.entityTag]
        case .original: texts += ["original"]
        case .failure(let failure):
            numbers.append(Int64(failure.status))
            texts += ["failure", failure.code, failure.message]
        case .file(let file):
            numbers.append(Int64(file.length ?? -1))
            texts += ["file", file.contentType, file.entityTag]
        }
    }
}
