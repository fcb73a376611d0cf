package import Caching
import Deadlines
import Digests
package import Purging

/// The content of `ask`: a client's request, as far as it has an influence on the answer, and what the answer has to heed.
package struct RegionQuestion: Sendable, Equatable {
    /// What is left of the time that the asking region has.
    package var deadline: Duration
    /// `Entry.formatVersion` of the asking region.
    package var form: UInt8
    /// Versions of the asking region's engine and configuration.
    package var engine: String
    package var configuration: String
    /// All that the asking region knows of purges: the answer must know it too.
    package var purges: PurgeVector
    /// As nginx gave them there.
    package var host: String
    package var path: String
    package var query: String
    package var accept: String?
    package var widthHint: String?
    package var pixelRatioHint: String?
    /// Of files only.
    package var range: String?
    package var ifRange: String?
    /// The entity tag, as in `If-None-Match`, of a copy that the asking region has: bytes are not needed again.
    package var known: String?

    package init(
        deadline: Duration, form: UInt8 = Entry.formatVersion, engine: String, configuration: String,
        purges: PurgeVector, host: String, path: String, query: String
    ) {
        self.deadline = deadline
        self.form = form
        self.engine = engine
        self.configuration = configuration
        self.purges = purges
        self.host = host
        self.path = path
        self.query = query
    }
}

extension RegionQuestion {
    package var fields: RegionFields {
        var fields = RegionFields()
        fields.add("deadline", "\(max(0, deadline.wholeMilliseconds))")
        fields.add("form", "\(form)")
        fields.add("engine", engine)
        fields.add("configuration", configuration)
        fields.add("purges", purges.description)
        for (name, value) in request { fields.add(name, ifPresent: value) }
        return fields
    }

    /// What the answer depends on.
    private var request: [(String, String?)] {
        [
            ("host", host), ("path", path), ("query", query), ("accept", accept), ("width", widthHint),
            ("dpr", pixelRatioHint), ("range", range), ("if-range", ifRange), ("known", known),
        ]
    }

    private static let names: Set<String> = [
        "deadline", "form", "engine", "configuration", "purges", "host", "path", "query", "accept", "width", "dpr",
        "range", "if-range", "known",
    ]

    /// Reads what `fields` writes. Throws `.form` where entries look different there, whatever else it says;
    /// `.malformed` for anything else that makes no sense.
    package init(_ fields: RegionFields) throws(RegionRefusal) {
        guard let form = fields["form"].flatMap({ RegionFields.number($0) }) else { throw .malformed }
        guard form == Int64(Entry.formatVersion) else { throw .form }
        guard fields.areOnly(Self.names),
            let milliseconds = fields["deadline"].flatMap({ RegionFields.number($0, max: Self.longestDeadline) }),
            let engine = fields["engine"], let configuration = fields["configuration"],
            let purges = fields["purges"].flatMap({ PurgeVector($0) }), let host = fields["host"],
            let path = fields["path"], path.hasPrefix("/"), let query = fields["query"]
        else { throw .malformed }
        self.init(
            deadline: .milliseconds(milliseconds), engine: engine, configuration: configuration, purges: purges,
            host: host, path: path, query: query)
        accept = fields["accept"]
        widthHint = fields["width"]
        pixelRatioHint = fields["dpr"]
        range = fields["range"]
        ifRange = fields["if-range"]
        known = fields["known"]
    }

    /// In milliseconds: a day.
    private static let longestDeadline: Int64 = 86_400_000

    /// The name under which the entry of the answer is encoded, so that what answers another question is no entry.
    ///
    /// - Parameter nonce: of the request's envelope.
    package func key(nonce: String) -> EntryKey {
        var builder = DigestBuilder("region answer")
        builder.add(nonce)
        for (_, value) in request { builder.add(value) }
        return EntryKey(.variant, builder.finish())
    }
}
