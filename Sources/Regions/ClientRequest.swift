import Digests

/// A client's request as nginx has handed it over in the region where it came, as far as it has an influence on the answer.
package struct ClientRequest: Sendable, Hashable {
    package var host: String
    /// As received: percent-encoded, with its leading slash, without the query.
    package var path: String
    /// As received, without `?`; empty if there is none.
    package var query: String
    package var accept: String?
    package var widthHint: String?
    package var pixelRatioHint: String?
    /// Of files only. One that is too long is left out.
    package var range: String? {
        didSet { range = Self.capped(range) }
    }
    package var ifRange: String? {
        didSet { ifRange = Self.capped(ifRange) }
    }

    package init(host: String, path: String, query: String) {
        self.host = host
        self.path = path
        self.query = query
    }

    /// The longest value of a header that goes to another region, in bytes. So the longest URL that nginx takes fits too.
    private static let longestHeader = 1000

    static func capped(_ header: String?) -> String? {
        header.flatMap { $0.utf8.count <= longestHeader ? $0 : nil }
    }
}

// MARK: As text

extension ClientRequest {
    private typealias Place<Value> = any (WritableKeyPath<ClientRequest, Value> & Sendable)

    /// What there always is, and what there may be, by their names.
    private static let given: [(name: String, place: Place<String>)] = [
        ("host", \.host), ("path", \.path), ("query", \.query),
    ]
    private static let optional: [(name: String, place: Place<String?>)] = [
        ("accept", \.accept), ("width", \.widthHint), ("dpr", \.pixelRatioHint), ("range", \.range),
        ("if-range", \.ifRange),
    ]

    static let names = Set(given.map(\.name) + optional.map(\.name))

    func add(to fields: inout RegionFields) {
        for (name, place) in Self.given { fields.add(name, self[keyPath: place]) }
        for (name, place) in Self.optional { fields.add(name, ifPresent: self[keyPath: place]) }
    }

    /// `nil` where it makes no sense.
    init?(_ fields: RegionFields) {
        self.init(host: "", path: "", query: "")
        for (name, place) in Self.given {
            guard let value = fields[name] else { return nil }
            self[keyPath: place] = value
        }
        for (name, place) in Self.optional { self[keyPath: place] = fields[name] }
        guard path.hasPrefix("/") else { return nil }
    }

    func add(to builder: inout DigestBuilder) {
        for (_, place) in Self.given { builder.add(self[keyPath: place]) }
        for (_, place) in Self.optional { builder.add(self[keyPath: place]) }
    }
}
