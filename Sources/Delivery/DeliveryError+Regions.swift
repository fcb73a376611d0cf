import Caching
import Logging
import Regions

// What goes from one region to another when there is no picture.

extension DeliveryError {
    /// No word of the home region, and nobody else may do its work.
    static let homeAway = DeliveryError(
        status: 503, code: "ECONNREFUSED", message: "The home region of this URL endpoint does not answer.",
        keeping: .never, level: .warning, retryAfter: 5)

    /// The region that asks does not know that it must not keep the bytes. Nor may it make them.
    static let wouldLeaveHome = DeliveryError(
        status: 503, code: "EACCES", message: "The regions do not agree on the residency of this URL endpoint.",
        keeping: .never, level: .error, retryAfter: 60)

    /// Its description is longer than what can be told another region.
    static let notTellable = DeliveryError.notAvailable("An answer of this length to another region")

    /// Codes of origins that are away: what is old is better then.
    private static let passingCodes: Set = ["ECONNREFUSED", "ETIMEDOUT", "UNIDENTIFIED"]

    /// What the home region will say again for a while.
    init(ofHome failure: Entry.Failure, of entry: Entry) {
        self.init(failure, of: entry)
        if Self.passingCodes.contains(failure.code) { keeping = .briefly }
    }

    /// What the home region has said of this request alone.
    init(_ fault: RegionFault, of region: String) {
        self.init(
            status: fault.status, code: fault.code, message: fault.message, keeping: .never,
            retryAfter: fault.retryAfter)
        (fileLength, self.region) = (fault.fileLength, region)
    }
}

extension RegionFault {
    init(_ error: DeliveryError) {
        self.init(
            status: error.status, code: error.code, message: error.message, retryAfter: error.retryAfter,
            isOfRegion: error.isOfRegion, fileLength: error.fileLength)
    }
}
