package import Memory

/// The untouched bytes of one object, and what its origin has said about them.
package struct Original: Sendable {
    /// What identifies this state of the object.
    package struct Validators: Sendable, Hashable {
        /// An entity tag as in `ETag`, with quotes and, where weak, `W/`.
        package let entityTag: String?
        /// Seconds since 1970.
        package let lastModified: Int64?

        package init(entityTag: String? = nil, lastModified: Int64? = nil) {
            self.entityTag = entityTag
            self.lastModified = lastModified
        }
    }

    package let bytes: SharedMemory
    package let validators: Validators
    /// As the origin has said; never to be believed for delivery, which looks at the bytes.
    package let contentType: String?
    /// The owner has marked it private (`Is-Private-File: true`).
    package let isPrivate: Bool
    /// The values of all `Cache-Control` fields, joined by commas.
    package let cacheControl: String?
    /// The value of `Expires`.
    package let expires: String?
    /// From the request to the last byte.
    package let downloadDuration: Duration

    package init(
        bytes: SharedMemory, validators: Validators, contentType: String? = nil, isPrivate: Bool = false,
        cacheControl: String? = nil, expires: String? = nil, downloadDuration: Duration
    ) {
        self.bytes = bytes
        self.validators = validators
        self.contentType = contentType
        self.isPrivate = isPrivate
        self.cacheControl = cacheControl
        self.expires = expires
        self.downloadDuration = downloadDuration
    }
}
