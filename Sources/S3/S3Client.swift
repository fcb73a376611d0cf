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
        /// Sent only.
        var unsigned: [HeaderField] = []
        /// The largest answer, in bytes.
        var limit = S3Client.documentBytes
    }

    /// Carries a call out, with the remedies there are, and returns the answer if it is 2xx or 304; any other is thrown.
    func send(_ call: Call, until deadline: Deadline) throws(S3Error) -> TransferStream {
        var remedies = Remedies()
        let payload = PayloadDigest(call.method.body ?? [])
        // Ends: every remedy is given once.
        while true {
            let (region, ahead) = learned.withLock { ($0.region, $0.clockAhead) }
            let clock = WallClock.unixSeconds + ahead
            let refusal: Refusal
            let request = try signed(call, payload, region: region, clock: clock, until: deadline)
            switch attempt(request, until: deadline) {
            case .answer(let stream): return stream
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
        request.headers = call.unsigned
        request.followsRedirects = false
        request.boundHeaders = headers + [HeaderField("Authorization", signature)]
        // An answer's limit must not cut off an error document.
        request.limits.bodyBytes = max(call.limit, Self.documentBytes)
        return request
    }

    private enum Outcome {
        case answer(TransferStream)
        case refusal(Refusal)
    }

    /// One try.
    private func attempt(_ request: TransferRequest, until deadline: Deadline) -> Outcome {
        do throws(TransferError) {
            let answer = try transfer.open(request, deadline: deadline)
            let status = answer.head.status
            if (200..<300).contains(status) || status == 304 { return .answer(answer) }
            return .refusal(Refusal(answer.head, document: Self.document(answer)))
        } catch {
            return .refusal(Refusal(error))
        }
    }

    /// As much of an error document as came: what goes wrong with it does not matter.
    private static func document(_ answer: TransferStream) -> [UInt8] {
        var document: [UInt8] = []
        while document.count <= documentBytes,
            (try? answer.read { piece in piece.withUnsafeBytes { document.append(contentsOf: $0) } }) == true
        {}
        answer.skip()
        return document
    }

    /// Reads an answer to its end.
    static func read(
        _ answer: TransferStream, limit: Int, _ use: (RawSpan) throws(S3Error) -> Void
    ) throws(S3Error) {
        guard (answer.announcedLength ?? 0) <= limit else { throw .tooLarge(limit: limit) }
        var count = 0
        var failure: S3Error?
        do throws(TransferError) {
            while failure == nil,
                try answer.read({ piece in
                    count += piece.byteCount
                    guard count <= limit else { return failure = .tooLarge(limit: limit) }
                    do throws(S3Error) { try use(piece) } catch { failure = error }
                })
            {}
        } catch {
            if case .tooLarge = error { throw .tooLarge(limit: limit) }
            throw .transfer(error)
        }
        if let failure { throw failure }
    }
}
