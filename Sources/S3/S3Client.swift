import Deadlines
package import Transfer

#if canImport(Glibc)
    import Glibc
#endif

/// One bucket over the S3 API: blocking, safe from any thread. Requests are signed with Signature Version 4.
///
/// A bucket in another region than configured, a clock that goes wrong and an overloaded server are each answered by one
/// more try within the deadline; what was learned of region and clock is kept.
package final class S3Client: Sendable {
    package let bucket: S3Bucket
    private let credentials: any S3CredentialSource
    private let transfer: TransferClient
    private let purpose: String
    private let limits: TransferLimits
    private let learned: Monitor<Learned>

    private struct Learned {
        var region: String
        /// Seconds that the server's clock is ahead of ours.
        var clockAhead: Int64 = 0
    }

    /// How much of an error document is read.
    private static let documentBytes = 16 * 1024
    /// How long an overloaded server is left alone before the second try.
    private static let patience = 50...250

    /// - Parameters:
    ///   - purpose: connections are never shared with another (`TransferRequest.purpose`).
    ///   - limits: of each try; how large an object may be is said with each request.
    package init(
        _ bucket: S3Bucket, credentials: any S3CredentialSource, transfer: TransferClient, purpose: String,
        limits: TransferLimits
    ) {
        self.bucket = bucket
        self.credentials = credentials
        self.transfer = transfer
        self.purpose = purpose
        self.limits = limits
        learned = Monitor(Learned(region: bucket.region))
    }

    /// One request about an object, or about the bucket.
    struct Call {
        let method: TransferMethod
        /// Without the bucket's prefix; `nil` asks the bucket itself.
        let key: String?
        var query: [(name: String, value: String)] = []
        /// Sent and signed.
        var headers: [HeaderField] = []
        /// The largest answer, in bytes.
        var limit = S3Client.documentBytes
    }

    /// Carries a call out, with the remedies there are. `head` and `body` are shown the answer if it is 2xx or 304, as
    /// `TransferClient.perform` does; any other is thrown.
    func send(
        _ call: Call, until deadline: Deadline,
        head: (ResponseHead) -> BodyDecision, body: (RawSpan) -> Bool
    ) throws(S3Error) -> ResponseHead {
        var remedies = Remedies()
        let payload = PayloadDigest(call.method.body ?? [])
        // Ends: every remedy is given once.
        while true {
            let (region, ahead) = learned.withLock { ($0.region, $0.clockAhead) }
            let clock = WallClock.unixSeconds + ahead
            let refusal: Refusal
            let request = try signed(call, payload, region: region, clock: clock, until: deadline)
            switch try attempt(request, limit: call.limit, until: deadline, head: head, body: body) {
            case .answer(let head): return head
            case .refusal(let reason): refusal = reason
            }
            let remedy = remedies.remedy(for: refusal, region: region, clock: clock, now: WallClock.unixSeconds)
            guard let remedy, apply(remedy, until: deadline) else { throw refusal.error }
        }
    }

    /// `false`: there is no time for it.
    private func apply(_ remedy: Remedies.Remedy, until deadline: Deadline) -> Bool {
        switch remedy {
        case .region(let region): learned.withLock { $0.region = region }
        case .clock(let ahead): learned.withLock { $0.clockAhead = ahead }
        case .patience:
            let pause = Int.random(in: Self.patience)
            guard deadline.remaining > .milliseconds(2 * pause) else { return false }
            usleep(UInt32(pause) * 1000)
        }
        return !deadline.hasPassed
    }

    private func signed(
        _ call: Call, _ payload: PayloadDigest, region: String, clock: Int64, until deadline: Deadline
    ) throws(S3Error) -> TransferRequest {
        let credentials = try credentials.credentials(until: deadline)
        let query = SignatureV4.canonicalQuery(call.query)
        let (url, path) = try bucket.url(of: call.key, query: query, in: region)
        let time = SigningTime(unixSeconds: clock)
        var headers = call.headers
        headers += [
            HeaderField("Host", url.hostField), HeaderField("x-amz-content-sha256", payload.hexadecimal),
            HeaderField("x-amz-date", time.text),
        ]
        if let token = credentials.sessionToken { headers.append(HeaderField("x-amz-security-token", token)) }
        let message = SignatureV4.Message(
            method: call.method.name, path: path, query: query, headers: headers, payload: payload)
        let signature = SignatureV4(credentials: credentials, region: region).authorization(for: message, at: time)
        // The owner has named the host, so it may be private; nobody else has a say, since redirects are not followed.
        var request = TransferRequest(
            purpose: purpose, url: url, policy: .configured, redirectPolicy: .publicOnly(allowed: []), limits: limits)
        request.method = call.method
        request.followsRedirects = false
        request.boundHeaders = headers + [HeaderField("Authorization", signature)]
        request.limits.bodyBytes = max(call.limit, Self.documentBytes)
        return request
    }

    private enum Outcome {
        case answer(ResponseHead)
        case refusal(Refusal)
    }

    /// One try. Throws what no further try can help against.
    private func attempt(
        _ request: TransferRequest, limit: Int, until deadline: Deadline,
        head: (ResponseHead) -> BodyDecision, body: (RawSpan) -> Bool
    ) throws(S3Error) -> Outcome {
        var isShown = false
        var refused: ResponseHead?
        var received = 0
        var document: [UInt8] = []
        do throws(TransferError) {
            let answer = try transfer.perform(request, deadline: deadline) { answer in
                isShown = (200..<300).contains(answer.status) || answer.status == 304
                if !isShown { refused = answer }
                return isShown ? head(answer) : .receive
            } body: { piece in
                guard isShown else {
                    piece.withUnsafeBytes { document.append(contentsOf: $0) }
                    return document.count <= Self.documentBytes
                }
                received += piece.byteCount
                return received <= limit && body(piece)
            }
            if isShown { return .answer(answer.head) }
        } catch {
            switch error {
            case .stopped where isShown && received > limit, .tooLarge where isShown: throw .tooLarge(limit: limit)
            case _ where isShown: throw .transfer(error)
            // What went wrong with an error document does not matter.
            case _ where refused != nil: break
            default: return .refusal(Refusal(error))
            }
        }
        return .refusal(refused.map { Refusal($0, document: document) } ?? Refusal(.protocolError))
    }
}
