/// The conditions of a GET or HEAD that may make its answer a 304 (RFC 9110 §13).
package struct ConditionalRequest: Sendable, Equatable {
    /// The tags of what the client has; `nil` when absent or unreadable.
    package let ifNoneMatch: EntityTagList?
    /// `nil` when absent, unreadable, or beside `If-None-Match`.
    package let ifModifiedSince: HTTPDate?

    /// Reads the headers' values; what cannot be read counts as absent. Several `If-None-Match` are to be joined by
    /// commas.
    package init(ifNoneMatch: String?, ifModifiedSince: String?, now: HTTPDate = HTTPDate(unixSeconds: 0)) {
        self.ifNoneMatch = ifNoneMatch.flatMap { EntityTagList($0) }
        // A date beside If-None-Match is ignored (§13.1.3), even where the tags cannot be read.
        self.ifModifiedSince = ifNoneMatch == nil ? ifModifiedSince.flatMap { HTTPDate($0, now: now) } : nil
    }

    /// Whether the answer with these validators is what the client has already: 304 then (§13.2.2).
    package func isNotModified(entityTag: EntityTag?, lastModified: HTTPDate?) -> Bool {
        if let ifNoneMatch {
            if case .any = ifNoneMatch { return true }
            return entityTag.map { ifNoneMatch.contains($0) } ?? false
        }
        guard let ifModifiedSince, let lastModified else { return false }
        return lastModified <= ifModifiedSince
    }
}
