import HTTPRules
import Transfer

// What heads say of originals, and what is asked with it again.

extension Original.Metadata {
    /// How owners mark a file as private, on web servers and as metadata of buckets (platform reference §3.1).
    private static let privateMarks = [
        "is-private-file", "x-amz-meta-isprivatefile", "x-goog-meta-isprivatefile", "x-ms-meta-isprivatefile",
    ]
    private static let tagFields = ["cache-tag", "surrogate-key"]
    /// In bytes; a longer media type is none.
    private static let longestType = 255

    init(_ head: ResponseHead, originID: String, fetchedAt: Int64) {
        // A tag that is none, or longer than any server needs, is as good as none.
        let tag = head["etag"].flatMap(EntityTag.init(parsing:))
        let modified = head["last-modified"].flatMap { HTTPDate($0, now: HTTPDate(unixSeconds: fetchedAt)) }
        self.init(
            originID: originID,
            validators: Original.Validators(entityTag: tag?.description, lastModified: modified?.unixSeconds),
            contentType: head["content-type"].flatMap { $0.utf8.count <= Self.longestType ? $0 : nil },
            isPrivate: Self.privateMarks.contains { head[$0]?.lowercased() == "true" },
            lifetimeFields: LifetimeFields(
                cacheControl: head.joined("cache-control"), expires: head["expires"], date: head["date"],
                age: head["age"]),
            tags: CacheTags.read(cacheTag: head.joined("cache-tag"), surrogateKey: head.joined("surrogate-key")),
            fetchedAt: fetchedAt
        )
    }

    /// This once a 304 with `head`, read as `new`, has confirmed it: what is said again counts, what is not said stays.
    /// Above all, a copy that is private is not made public by silence: a bucket's 304 has none of its metadata.
    /// Validators and type stay, because they are of the bytes that are there.
    func confirmed(by new: Original.Metadata, with head: ResponseHead) -> Original.Metadata {
        var confirmed = self
        confirmed.lifetimeFields = lifetimeFields.updated(by: new.lifetimeFields)
        confirmed.fetchedAt = new.fetchedAt
        if Self.privateMarks.contains(where: { head[$0] != nil }) { confirmed.isPrivate = new.isPrivate }
        if Self.tagFields.contains(where: { head[$0] != nil }) { confirmed.tags = new.tags }
        return confirmed
    }
}

extension Original.Validators {
    /// The header that asks for nothing but a newer state (RFC 9110 §13.1); `nil` where there is nothing to ask with.
    /// One suffices: a server has to ignore a date beside a tag.
    var condition: HeaderField? {
        if let entityTag { return HeaderField("If-None-Match", entityTag) }
        return lastModified.map { HeaderField("If-Modified-Since", HTTPDate(unixSeconds: $0).description) }
    }

    /// Whether a 304 with these validators can be about the same state as ours (RFC 9111 §4.3.4). Many servers answer
    /// 304 to any date after the file's, so after an older file was put back only its date tells.
    func mayBe(_ other: Original.Validators) -> Bool {
        if let ours = entityTag.flatMap(EntityTag.init(parsing:)) {
            return other.entityTag.flatMap(EntityTag.init(parsing:)).map(ours.weakMatches) ?? true
        }
        return other.lastModified == nil || other.lastModified == lastModified
    }
}
