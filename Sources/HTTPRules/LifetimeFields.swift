/// The header fields by which an origin says how long its answer may be kept, as they came.
package struct LifetimeFields: Sendable, Hashable {
    /// The values of all `Cache-Control` fields, joined by commas.
    package let cacheControl: String?
    package let expires: String?
    package let date: String?
    package let age: String?

    /// Longer ones are as good as broken, and nobody has to keep them. A date is 29 bytes.
    private static let shortLimit = 64

    /// Of fields that are too long to be read only what they mean is taken: `no-store`, an `Expires` in the past (as an
    /// empty one is), and of the others nothing.
    package init(
        cacheControl: String? = nil, expires: String? = nil, date: String? = nil, age: String? = nil
    ) {
        let isTooLong = (cacheControl?.utf8.count ?? 0) > CacheControl.bytesLimit
        self.cacheControl = isTooLong ? "no-store" : cacheControl
        self.expires = expires.map { $0.isEmpty || $0.utf8.count > Self.shortLimit ? "0" : $0 }
        self.date = date.flatMap { $0.utf8.count > Self.shortLimit ? nil : $0 }
        self.age = age.flatMap { $0.utf8.count > Self.shortLimit ? nil : $0 }
    }

    /// The fields once an answer 304 has confirmed them (RFC 9111 §3.2): what it repeats counts, what it leaves out
    /// stays; but `Date` and `Age` speak of the answer that they came with.
    package func updated(by confirmation: LifetimeFields) -> LifetimeFields {
        LifetimeFields(
            cacheControl: confirmation.cacheControl ?? cacheControl, expires: confirmation.expires ?? expires,
            date: confirmation.date, age: confirmation.age)
    }
}
