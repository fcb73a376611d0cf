package import HTTPRules
package import Purging

/// The first bytes of the answer to `ask`, which its proof covers: what follows, and what is to be known of it.
package struct RegionAnswerHead: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// An entry with a variant.
        case entry
        /// An entry with an error that may be kept.
        case failure
        /// An entry with what is known of a file, and then its bytes.
        case file
        /// An entry without its bytes: those that the question named.
        case unchanged
        /// Nothing: the fault is in the head.
        case error
    }

    /// How good the bytes are, as delivery tells it.
    package enum State: String, Sendable, CaseIterable {
        case fresh, revalidating, stale, passing
    }

    /// Bytes that follow.
    package struct Enclosure: Sendable, Hashable {
        package let count: Int
        /// Their SHA-256 in hexadecimal digits.
        package let digest: String

        package init(count: Int, digest: String) {
            self.count = count
            self.digest = digest
        }
    }

    package var kind: Kind
    /// `nil` with an error.
    package var state: State?
    /// All that the answering region knew of purges before it looked.
    package var purges: PurgeVector
    /// Versions of the answering region's configuration and engine.
    package var configuration: String
    package var engine: String
    /// The tier that answered there; for metrics.
    package var tier: String?
    /// Of the whole file, in bytes; `nil` where nobody knows.
    package var fileLength: Int?
    /// The part of it that follows; `nil`: the whole.
    package var part: ByteRange?
    package var fault: RegionFault?
    /// The entry that follows; `nil` with an error.
    package var entry: Enclosure?

    package init(_ kind: Kind, purges: PurgeVector, configuration: String, engine: String) {
        self.kind = kind
        self.purges = purges
        self.configuration = configuration
        self.engine = engine
    }

    /// How many bytes of a file follow; `nil` where nobody knows.
    package var streamedBytes: Int? { part?.count ?? fileLength }
}

extension RegionAnswerHead {
    package var fields: RegionFields {
        var fields = RegionFields()
        fields.add("kind", kind.rawValue)
        fields.add("state", ifPresent: state?.rawValue)
        fields.add("purges", purges.description)
        fields.add("configuration", configuration)
        fields.add("engine", engine)
        fields.add("tier", ifPresent: tier)
        fields.add("file-length", ifPresent: fileLength)
        fields.add("part", ifPresent: part)
        fault?.add(to: &fields)
        fields.add("entry", ifPresent: entry?.count)
        fields.add("digest", ifPresent: entry?.digest)
        return fields
    }

    private static let common: Set<String> = ["kind", "purges", "configuration", "engine"]
    private static let ofError = common.union(RegionFault.names)
    private static let ofEntry = common.union(["state", "tier", "file-length", "part", "entry", "digest"])

    /// Reads what `fields` writes; `nil` for anything else.
    package init?(_ fields: RegionFields) {
        guard let kind = fields["kind"].flatMap({ Kind(rawValue: $0) }),
            fields.areOnly(kind == .error ? Self.ofError : Self.ofEntry),
            let purges = fields["purges"].flatMap({ PurgeVector($0) }),
            let configuration = fields["configuration"], let engine = fields["engine"]
        else { return nil }
        self.init(kind, purges: purges, configuration: configuration, engine: engine)
        guard kind != .error else {
            fault = RegionFault(fields)
            if fault == nil { return nil }
            return
        }
        tier = fields["tier"]
        guard let state = fields["state"].flatMap({ State(rawValue: $0) }), let digest = fields["digest"],
            let count = fields["entry"].flatMap({ RegionFields.number($0) }), readFile(fields)
        else { return nil }
        (self.state, entry) = (state, Enclosure(count: Int(count), digest: digest))
    }

    /// False where what it says of a file makes no sense.
    private mutating func readFile(_ fields: RegionFields) -> Bool {
        if let text = fields["file-length"] {
            guard kind == .file || kind == .unchanged, let length = RegionFields.number(text) else { return false }
            fileLength = Int(length)
        }
        guard let text = fields["part"] else { return true }
        guard kind == .file, let range = ContentRange("bytes \(text)/\(fileLength.map { "\($0)" } ?? "*")") else {
            return false
        }
        part = range.range
        return true
    }
}
