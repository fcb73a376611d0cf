import Caching

/// An entry of each kind.
enum Examples {
    static let entries = [
        entry(
            .variant(
                .init(contentType: "image/webp", entityTag: "\"tag\"", width: 300, body: [1, 2, 3, 4, 5] as [UInt8]))),
        entry(.failure(.init(status: 404, code: "ENOENT", message: "The original is not there."))),
        entry(.original(.init(body: [UInt8](repeating: 7, count: 31)))),
        entry(.file(.init(contentType: "video/mp4", entityTag: "", length: 4_000_000_000))),
        entry(.file(.init(contentType: "text/plain", entityTag: "W/\"1\"", length: nil))),
    ]

    private static func entry(_ content: Entry.Content) -> Entry {
        let lifetime = Lifetime(
            madeAt: 1_700_000_000, freshUntil: 1_800_000_000, revalidatingUntil: 1_800_000_100,
            staleUntil: 1_800_000_200,
            control: "public, max-age=60")
        let source = Entry.Source(
            originID: "photos", identity: "1-2-3", entityTag: "\"origin\"", lastModified: 1_600_000_000,
            contentType: "image/jpeg", isPrivate: true, cacheControl: "max-age=60", expires: "0", tags: ["a", "b"],
            inputs: [.init(path: "/demo/logo.png", query: "v=1", originID: "photos")])
        return Entry(content: content, lifetime: lifetime, region: "eu-central", purgeEpoch: 12, source: source)
    }
}
