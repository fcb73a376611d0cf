package import HTTPRules

extension Original {
    /// What is known of an original besides its bytes; what whoever keeps a copy keeps with it.
    package struct Metadata: Sendable, Hashable {
        /// The origin that gave it: only this one can say that a copy still holds.
        package var originID: String
        package var validators: Validators
        /// As the origin has said; never to be believed for delivery, which looks at the bytes.
        package var contentType: String?
        /// The owner has marked it private (`Is-Private-File: true`).
        package var isPrivate: Bool
        /// How long it may be kept, as the origin has said.
        package var lifetimeFields: LifetimeFields
        /// The names by which the owner can purge what is made of it; `CacheTags` has their limits.
        package var tags: [String]
        /// When the origin was asked for this, or whether it still holds, in seconds since 1970.
        package var fetchedAt: Int64

        package init(
            originID: String, validators: Validators = Validators(), contentType: String? = nil,
            isPrivate: Bool = false, lifetimeFields: LifetimeFields = LifetimeFields(), tags: [String] = [],
            fetchedAt: Int64
        ) {
            self.originID = originID
            self.validators = validators
            self.contentType = contentType
            self.isPrivate = isPrivate
            self.lifetimeFields = lifetimeFields
            self.tags = tags
            self.fetchedAt = fetchedAt
        }

        /// How long the origin lets it be kept, in seconds from `fetchedAt` on and none above `maximum`.
        package func lifetime(maximum: Int) -> OriginLifetime {
            OriginLifetime(lifetimeFields, askedAt: HTTPDate(unixSeconds: fetchedAt), maximum: maximum)
        }
    }
}
