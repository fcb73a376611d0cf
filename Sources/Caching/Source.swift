extension Entry {
    /// What is known of the original that an entry was made of, or is a copy of: enough to ask its origin whether it
    /// still holds, to judge who may see it, and to find it when it is purged.
    package struct Source: Sendable, Hashable {
        /// Another original, as purges know it.
        package struct Input: Sendable, Hashable {
            /// Its purge path.
            package var path: String
            /// Its own query without the `?`; empty if it has none.
            package var query: String
            /// The origin that gave it.
            package var originID: String

            package init(path: String, query: String = "", originID: String) {
                self.path = path
                self.query = query
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
        /// Whether it is a default image, of which the missing original's own origin knows nothing.
        package var isStandIn: Bool
        /// The origin's `Cache-Control` and `Expires`, as they came.
        package var cacheControl: String?
        package var expires: String?
        /// As the origins have tagged it and its inputs (`Cache-Tag`, `Surrogate-Key`).
        package var tags: [String]
        /// Other originals that went into it: overlays, default images.
        package var inputs: [Input]

        package init(
            originID: String = "", identity: String = "", entityTag: String? = nil, lastModified: Int64? = nil,
            contentType: String? = nil, isPrivate: Bool = false, isStandIn: Bool = false,
            cacheControl: String? = nil, expires: String? = nil, tags: [String] = [], inputs: [Input] = []
        ) {
            self.originID = originID
            self.identity = identity
            self.entityTag = entityTag
            self.lastModified = lastModified
            self.contentType = contentType
            self.isPrivate = isPrivate
            self.isStandIn = isStandIn
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
        writer.add(flag: isPrivate)
        writer.add(flag: isStandIn)
        for text in [originID, identity] {
            guard writer.add(text: text) else { return false }
        }
        // None of these is ever empty.
        for text in [entityTag, contentType, cacheControl, expires] {
            guard writer.add(text: text ?? "") else { return false }
        }
        return writer.add(list: tags) && writer.add(list: inputs.map(\.path))
            && writer.add(list: inputs.map(\.query)) && writer.add(list: inputs.map(\.originID))
    }

    init?(from reader: inout ByteReader) {
        guard
            let lastModified = reader.optionalMoment(), let isPrivate = reader.flag(), let isStandIn = reader.flag(),
            let originID = reader.text(), let identity = reader.text(), let entityTag = reader.text(),
            let contentType = reader.text(), let cacheControl = reader.text(), let expires = reader.text(),
            let tags = reader.list(), let paths = reader.list(), let queries = reader.list(),
            let origins = reader.list(), paths.count == queries.count, paths.count == origins.count
        else { return nil }
        func some(_ text: String) -> String? { text.isEmpty ? nil : text }
        self.init(
            originID: originID, identity: identity, entityTag: some(entityTag), lastModified: lastModified,
            contentType: some(contentType), isPrivate: isPrivate, isStandIn: isStandIn,
            cacheControl: some(cacheControl), expires: some(expires), tags: tags,
            inputs: paths.indices.map { Input(path: paths[$0], query: queries[$0], originID: origins[$0]) })
    }
}
