package import Memory

/// What a tier keeps under a key: a variant or a negative answer, with all that is needed to answer from it.
package struct Entry: Sendable {
    /// The version of the binary form. A change of the form is a new version, and so a new set of Redis keys.
    package static let formatVersion: UInt8 = 1

    package enum Content: Sendable {
        case variant(Variant)
        case failure(Failure)
    }

    /// A picture as it was made.
    package struct Variant: Sendable {
        package var contentType: String
        /// The entity tag as it stands in the header, quotes included.
        package var entityTag: String
        /// Unix seconds; `nil` where the original has no such date.
        package var lastModified: Int64?
        /// The validators and place of the original, in the text form of whoever made the entry.
        package var originalIdentity: String
        /// In pixels; `nil` where unknown.
        package var width: Int?
        package var height: Int?
        package var body: any Blob

        package init(
            contentType: String,
            entityTag: String,
            lastModified: Int64? = nil,
            originalIdentity: String = "",
            width: Int? = nil,
            height: Int? = nil,
            body: any Blob
        ) {
            self.contentType = contentType
            self.entityTag = entityTag
            self.lastModified = lastModified
            self.originalIdentity = originalIdentity
            self.width = width
            self.height = height
            self.body = body
        }
    }

    /// A negative answer: what went wrong, so that the origin is not asked again at once.
    package struct Failure: Sendable, Hashable {
        /// The HTTP status, 0…65,535.
        package var status: Int
        /// The code of the `ik-error` header.
        package var code: String
        package var message: String

        package init(status: Int, code: String, message: String) {
            self.status = status
            self.code = code
            self.message = message
        }
    }

    package var content: Content
    /// Unix seconds.
    package var madeAt: Int64
    /// Unix seconds; from this second on the entry is none.
    package var expiresAt: Int64
    /// The region that made these bytes.
    package var region: String
    /// The number of the purge log under which it was made.
    package var purgeEpoch: UInt64

    package init(content: Content, madeAt: Int64, expiresAt: Int64, region: String, purgeEpoch: UInt64 = 0) {
        self.content = content
        self.madeAt = madeAt
        self.expiresAt = expiresAt
        self.region = region
        self.purgeEpoch = purgeEpoch
    }
}

/// Why bytes are not an entry for a key at this moment. Each means a miss, and that the key can be deleted.
package enum EntryDefect: Error, Hashable, Sendable {
    /// Not of our making at all.
    case foreign
    /// Ours, but of another version of the form.
    case version(UInt8)
    /// Shorter or longer than it says.
    case truncated
    /// The checksum does not fit: damaged, or copied from another key.
    case damaged
    /// The checksum fits and the content makes no sense.
    case malformed
    case expired
    /// The value is larger than what is read; or the key holds another type than a string.
    case unreadable
}
