extension Entry {
    /// What is known of the original that an entry was made of, or is a copy of: enough to ask its origin whether it
    /// still holds, to judge who may see it, and to find it when it is purged.
    package struct Source: Sendable, Hashable {
        /// Another original, as purges know it.
        package struct Input: Sendable, Hashable {
            /// Its purge path.
            package var path: String
            /// The origin that gave it.
            package var originID: String

            package init(path: String, originID: String) {
                self.path = path
                self.originID = originID
            }
        }

        /// The origin that gave it; empty for a negative answer, which any of them may have caused.
        package var originID: String
        /// Which state of it this is, in the text form of whoever made the entry.
        package var identity: String
        /// As in `ETag`.
        package var entityTag: String?
        /// Unix seconds.
        package var lastModified: Int64?
        package var contentType: String?
        package var isPrivate: Bool
        /// The origin's `Cache-Control` and `Expires`, as they came.
        package var cacheControl: String?
        package var expires: String?
        /// As the origins have tagged it and its inputs (`Cache-Tag`, `Surrogate-Key`).
        package var tags: [String]
        /// Other originals that went into it: overlays, default images.
        package var inputs: [Input]

        package init(
            originID: String = "", identity: String = "", entityTag: String? = nil, lastModified: Int64? = nil,
            contentType: String? = nil, isPrivate: Bool = false, cacheControl: String? = nil, expires: String? = nil,
            tags: [String] = [], inputs: [Input] = []
        ) {
            self.originID = originID
            self.identity = identity
            self.entityTag = entityTag
            self.lastModified = lastModified
            self.contentType = contentType
            self.isPrivate = isPrivate
            self.cacheControl = cacheControl
            self.expires = expires
            self.tags = tags
            self.inputs = inputs
        }
    }
}

extension Entry.Source {
    /// False where something does not fit.
    func write(to writer: inout ByteWriter) -> Bool {
        writer.add(optional: lastModified)
        writer.add(UInt8(isPrivate ? 1 : 0))
        for text in [originID, identity] {
            guard writer.add(text: text) else { return false }
        }
        // None of these is ever empty.
        for text in [entityTag, contentType, cacheControl, expires] {
            guard writer.add(text: text ?? "") else { return false }
        }
        return writer.add(list: tags) && writer.add(list: inputs.map(\.path))
            && writer.add(list: inputs.map(\.originID))
    }

    init?(from reader: inout ByteReader) {
        guard
            let lastModified = reader.optionalMoment(), let isPrivate = reader.integer(UInt8.self), isPrivate <= 1,
            let originID = reader.text(), let identity = reader.text(), let entityTag = reader.text(),
            let contentType = reader.text(), let cacheControl = reader.text(), let expires = reader.text(),
            let tags = reader.list(), let paths = reader.list(), let origins = reader.list(),
            paths.count == origins.count
        else { return nil }
        func some(_ text: String) -> String? { text.isEmpty ? nil : text }
        self.init(
            originID: originID, identity: identity, entityTag: some(entityTag), lastModified: lastModified,
            contentType: some(contentType), isPrivate: isPrivate == 1, cacheControl: some(cacheControl),
            expires: some(expires), tags: tags, inputs: zip(paths, origins).map { Input(path: $0, originID: $1) })
    }
}
