import HTTPRules
package import Transfer

/// What a server has said instead of doing what it was asked, or the failure that took the place of an answer.
package struct Refusal: Equatable, Sendable {
    package let error: S3Error
    /// The region that the bucket is in, where the server says so.
    package let region: String?
    /// The server's clock, in seconds since 1970.
    package let time: Int64?
}

extension Refusal {
    /// An answer, with as much of its error document as was read.
    package init(_ head: ResponseHead, document: [UInt8]) {
        let document = XMLDocument(document)
        error = .refused(
            status: head.status, code: document?["Error/Code"] ?? "", retryAfter: head.secondsToWait())
        region = head["x-amz-bucket-region"] ?? document?["Error/Region"]
        time = head["date"].flatMap { HTTPDate($0) }?.unixSeconds
    }

    package init(_ error: TransferError) {
        self.error = .transfer(error)
        region = nil
        time = nil
    }
}

/// What may help against a refusal. Each remedy is tried once a request, so that no server can keep one going. Pure.
package struct Remedies: Sendable {
    package enum Remedy: Equatable, Sendable {
        /// Sign for this region, and ask Amazon's servers there.
        case region(String)
        /// Sign with the server's clock, which is this many seconds ahead of ours.
        case clock(ahead: Int64)
        /// Wait a little.
        case patience
    }

    /// How far clocks may be apart before a refusal without an error document (of a HEAD) is blamed on them. S3 itself
    /// allows 15 minutes.
    private static let suspectedSkew: Int64 = 600

    private var triesRegion = true
    private var triesClock = true
    private var triesPatience = true

    package init() {}

    /// - Parameters:
    ///   - region: the one that was signed for.
    ///   - clock: the time that was signed with, in seconds since 1970.
    ///   - now: our own, likewise.
    package mutating func remedy(for refusal: Refusal, region: String, clock: Int64, now: Int64) -> Remedy? {
        if triesRegion, let other = Self.otherRegion(in: refusal, than: region) {
            triesRegion = false
            return .region(other)
        }
        if triesClock, let time = refusal.time, Self.blamesClock(refusal, time: time, clock: clock) {
            triesClock = false
            return .clock(ahead: time - now)
        }
        if triesPatience, Self.mayPass(refusal) {
            triesPatience = false
            return .patience
        }
        return nil
    }

    /// A request for another region is answered 301, 307 or 400 (S3 API, "Request routing"); some say 403.
    private static func otherRegion(in refusal: Refusal, than region: String) -> String? {
        guard case .refused(let status, _, _) = refusal.error, [301, 307, 400, 403].contains(status),
            let other = refusal.region, other != region, S3Bucket.isRegion(other)
        else { return nil }
        return other
    }

    private static func blamesClock(_ refusal: Refusal, time: Int64, clock: Int64) -> Bool {
        guard case .refused(403, let code, _) = refusal.error else { return false }
        return code == "RequestTimeTooSkewed" || (code.isEmpty && abs(time - clock) > suspectedSkew)
    }

    /// Overload and accidents, which the next request may not meet; who says when to come back is obeyed. All requests of
    /// this client can be repeated.
    private static func mayPass(_ refusal: Refusal) -> Bool {
        switch refusal.error {
        case .refused(let status, _, let retryAfter): retryAfter == nil && [500, 502, 503, 504].contains(status)
        case .transfer(.truncated): true
        default: false
        }
    }
}
