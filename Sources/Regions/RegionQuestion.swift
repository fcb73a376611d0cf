package import Caching
import Deadlines
import Digests
package import Purging

/// The content of `ask`: a client's request, and what the answer to it has to heed.
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
    package var client: ClientRequest
    /// When the client has asked, in Unix seconds by the asking region's clock.
    package var askedAt: Int64
    /// Whether the asking region only passes the answer on and keeps nothing of it.
    package var relays = false
    /// The entity tag, as in `If-None-Match`, of a copy that the asking region has: bytes are not needed again. One that is
    /// too long is left out.
    package var known: String? {
        didSet { known = ClientRequest.capped(known) }
    }

    package init(
        deadline: Duration, form: UInt8 = Entry.formatVersion, engine: String, configuration: String,
        purges: PurgeVector, client: ClientRequest, askedAt: Int64 = WallClock.unixSeconds
    ) {
        self.deadline = deadline
        self.form = form
        self.engine = engine
        self.configuration = configuration
        self.purges = purges
        self.client = client
        self.askedAt = askedAt
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
        client.add(to: &fields)
        fields.add("asked-at", "\(askedAt)")
        if relays { fields.add("relay", Self.yes) }
        fields.add("known", ifPresent: known)
        return fields
    }

    private static let names = ClientRequest.names.union([
        "deadline", "form", "engine", "configuration", "purges", "asked-at", "relay", "known",
    ])
    private static let yes = "yes"

    /// Whether it can be sent: a client may have asked for more than fits.
    var isSendable: Bool {
        let fields = fields
        return fields.isSendable && fields.text.count <= Self.longestText
    }

    /// In bytes; leaves room for the envelope.
    private static let longestText = RegionFields.longestText - 2048

    /// Reads what `fields` writes. Throws `.form` where entries look different there, whatever else it says;
    /// `.malformed` for anything else that makes no sense.
    package init(_ fields: RegionFields) throws(RegionRefusal) {
        guard let form = fields["form"].flatMap({ RegionFields.number($0) }) else { throw .malformed }
        guard form == Int64(Entry.formatVersion) else { throw .form }
        guard fields.areOnly(Self.names),
            let milliseconds = fields["deadline"].flatMap({ RegionFields.number($0, max: Self.longestDeadline) }),
            let engine = fields["engine"], let configuration = fields["configuration"],
            let purges = fields["purges"].flatMap({ PurgeVector($0) }), let client = ClientRequest(fields),
            let askedAt = fields["asked-at"].flatMap({ RegionFields.number($0) }),
            [nil, Self.yes].contains(fields["relay"])
        else { throw .malformed }
        self.init(
            deadline: .milliseconds(milliseconds), engine: engine, configuration: configuration, purges: purges,
            client: client, askedAt: askedAt)
        relays = fields["relay"] != nil
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
        client.add(to: &builder)
        builder.add(known)
        return EntryKey(.variant, builder.finish())
    }
}
