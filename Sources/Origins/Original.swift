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
    package let metadata: Metadata
    /// From the request to the last byte.
    package let downloadDuration: Duration

    package init(bytes: SharedMemory, metadata: Metadata, downloadDuration: Duration) {
        self.bytes = bytes
        self.metadata = metadata
        self.downloadDuration = downloadDuration
    }
}
