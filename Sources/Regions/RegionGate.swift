package import Deadlines

/// Judges requests that come in the name of other regions, and proves the answers.
package final class RegionGate: Sendable {
    /// A request that was let in.
    package struct Admitted: Sendable {
        package let call: RegionCall
        package let envelope: RegionEnvelope
        /// What it says besides.
        package let fields: RegionFields
        /// The secret that it was signed with.
        let key: RegionKeys.ID
    }

    /// What goes out before everything else.
    package struct SealedHead: Sendable {
        /// The first bytes of the body.
        package let bytes: [UInt8]
        /// Of `x-apus-head`.
        package let header: String
    }

    /// How far the sender's clock, and the way of the request, may be off: milliseconds.
    package static let clockTolerance: Int64 = 300_000

    private let region: String
    private let others: Set<String>
    private let keys: RegionKeys
    private let nonces: Nonces

    /// - Parameters:
    ///   - region: this one.
    ///   - others: all that the configuration knows besides.
    package init(region: String, others: Set<String>, keys: RegionKeys, nonces: Nonces) {
        self.region = region
        self.others = others
        self.keys = keys
        self.nonces = nonces
    }

    /// Lets a request in, or says why not; what is checked first is said first.
    ///
    /// - Parameters:
    ///   - path: as received.
    ///   - body: empty where it was too long.
    ///   - signature: the value of `x-apus-signature`.
    ///   - now: Unix milliseconds.
    package func admit(
        path: String, body: [UInt8], signature: String?, until deadline: Deadline,
        now: Int64 = WallClock.unixMilliseconds
    ) throws(RegionRefusal) -> Admitted {
        guard let call = RegionCall(path: path) else { throw .malformed }
        let key = try keys.verify(signature, of: call, body: body)
        guard var fields = RegionFields(body), let envelope = RegionEnvelope(opening: &fields) else { throw .malformed }
        guard envelope.to == region else { throw .misrouted }
        guard envelope.from != region else { throw .loop }
        guard others.contains(envelope.from) else { throw .unknown }
        let (difference, overflows) = now.subtractingReportingOverflow(envelope.sentAt)
        guard !overflows, difference.magnitude <= UInt64(Self.clockTolerance) else { throw .clock }
        let admitted = Admitted(call: call, envelope: envelope, fields: fields, key: key)
        // The others change nothing when they come again.
        guard call == .ask else { return admitted }
        switch nonces.note(envelope.nonce, from: envelope.from, until: deadline) {
        case .new: return admitted
        case .known: throw .replay
        case .full: throw .busy
        }
    }

    /// Under which every answer says what this region's clock says, in Unix milliseconds.
    static let clock = "now"

    /// The head of an answer, or all of it.
    ///
    /// - Parameter now: Unix milliseconds, which it says besides.
    /// - Returns: `nil` where the fields are too long for a head.
    package func sealed(
        _ head: RegionFields, for request: Admitted, now: Int64 = WallClock.unixMilliseconds
    ) -> SealedHead? {
        var all = head
        all.add(Self.clock, "\(now)")
        let bytes = all.text
        guard all.isSendable, bytes.count <= RegionFields.longestText,
            let proof = keys.proof(of: bytes, to: request.envelope.nonce, with: request.key)
        else { return nil }
        return SealedHead(bytes: bytes, header: "\(bytes.count) \(proof)")
    }
}
