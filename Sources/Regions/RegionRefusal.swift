/// Why a region does not answer a request that came in another's name. The raw value goes out in `x-apus-refusal`.
package enum RegionRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// No text of this version, too long, or fields that make no sense.
    case malformed
    /// The signature is missing, or of no secret that is known here.
    case signature
    /// Sent to another region than this.
    case misrouted
    /// Sent by a region that the configuration does not know.
    case unknown
    /// It has been through here.
    case loop
    /// The sender's clock and this one's are too far apart, or it was on its way for too long.
    case clock
    /// It has come before.
    case replay
    /// Entries have another form there.
    case form
    /// The bytes may be processed in their home region only, which this is not.
    case notHome = "not-home"
    /// Purges that the sender knows did not arrive here in time.
    case behind
    /// Too much is going on.
    case busy
}

extension RegionRefusal {
    /// The HTTP status that goes with it.
    package var status: Int {
        switch self {
        case .malformed: 400
        case .signature, .unknown, .loop, .clock, .replay: 403
        case .form: 406
        case .behind: 409
        case .misrouted, .notHome: 421
        case .busy: 503
        }
    }
}
