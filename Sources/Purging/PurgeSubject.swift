/// What a cached thing is, as far as purges ask: an original, a variant, or the note that there is none.
package struct PurgeSubject: Sendable {
    /// The name of an original.
    package struct Place: Hashable, Sendable {
        /// The canonical path, `/{account}/[{prefix}/]{object}`.
        package var path: String
        /// Its own query without the `?`; empty if it has none.
        package var query: String

        package init(path: String, query: String = "") {
            self.path = path
            self.query = query
        }

        var pattern: PurgePattern {
            query.isEmpty ? .path(path) : .exact(path: path, query: query)
        }
    }

    /// Another original that went into a variant: an overlay, a default image.
    package struct Input: Hashable, Sendable {
        package var place: Place
        /// The id of its origin; `nil` if nobody knows it.
        package var origin: String?

        package init(path: String, query: String = "", origin: String? = nil) {
            place = Place(path: path, query: query)
            self.origin = origin
        }
    }

    package var account: String
    package var place: Place
    /// The canonical text of the plan; asked for only where a purge of variants means the place. `nil` for an original.
    package var plan: @Sendable () -> String?
    /// The tags of the original, and of the inputs too.
    package var tags: [String]
    /// The id of the origin that the original came from; `nil` if it came from none, as a negative answer does.
    package var origin: String?
    /// Where `origin` is `nil`: every origin that was, or would be, asked.
    package var possibleOrigins: [String]
    package var inputs: [Input]

    package init(
        account: String, path: String, query: String = "", plan: @escaping @Sendable () -> String? = { nil },
        tags: [String] = [], origin: String? = nil, possibleOrigins: [String] = [], inputs: [Input] = []
    ) {
        self.account = account
        self.place = Place(path: path, query: query)
        self.plan = plan
        self.tags = tags
        self.origin = origin
        self.possibleOrigins = possibleOrigins
        self.inputs = inputs
    }
}
