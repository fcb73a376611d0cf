package import Memory

/// What a tier keeps under a key, with all that is needed to judge it and to answer from it.
package struct Entry: Sendable {
    /// The version of the binary form. A change of the form is a new version, and so a new set of names.
    package static let formatVersion: UInt8 = 3

    package enum Content: Sendable {
        case variant(Variant)
        case failure(Failure)
        case original(SavedOriginal)
        case file(File)
    }

    package var content: Content
    package var lifetime: Lifetime
    /// The region that made these bytes.
    package var region: String
    /// The purge log's number under which it was made: a rule with a higher one that matches makes it void.
    package var purgeEpoch: UInt64
    /// What it was made of.
    package var source: Source

    package init(
        content: Content, lifetime: Lifetime, region: String, purgeEpoch: UInt64 = 0, source: Source = Source()
    ) {
        self.content = content
        self.lifetime = lifetime
        self.region = region
        self.purgeEpoch = purgeEpoch
        self.source = source
    }
}

extension Entry {
    /// A picture as it was made.
    package struct Variant: Sendable {
        package var contentType: String
        /// The entity tag as it stands in the header, quotes included.
        package var entityTag: String
        /// In pixels; `nil` for what was not rendered, which nobody has measured.
        package var width: Int?
        package var body: any Blob

        package init(contentType: String, entityTag: String, width: Int? = nil, body: any Blob) {
            self.contentType = contentType
            self.entityTag = entityTag
            self.width = width
            self.body = body
        }
    }

    /// What is known of an original that goes out as it is and whose bytes are not kept: they are read from the origin
    /// each time.
    package struct File: Sendable, Hashable {
        package var contentType: String
        /// As in `Variant`; empty where the origin has given nothing that tells its states apart.
        package var entityTag: String
        /// In bytes; `nil` where the origin does not say.
        package var length: Int?

        package init(contentType: String, entityTag: String, length: Int?) {
            self.contentType = contentType
            self.entityTag = entityTag
            self.length = length
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

    /// A copy of an original.
    package struct SavedOriginal: Sendable {
        package var body: any Blob

        package init(body: any Blob) {
            self.body = body
        }
    }
}

/// Why bytes are not an entry for a key at this moment. Each means a miss, and that the key can be deleted.
package enum EntryDefect: Error, Hashable, Sendable {
    /// Not of our making at all, or cut short.
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
