package import Deadlines
import Memory
package import S3
package import Transfer

/// One distribution of Amazon CloudFront.
package struct CloudFront: CDNCalling {
    /// Of the global service, whatever region signs.
    private static let address = "https://cloudfront.amazonaws.com"
    private static let region = "us-east-1"
    private static let service = "cloudfront"

    private let distribution: String
    /// Scheme, host and port, without a slash at the end.
    private let endpoint: String
    private let credentials: any S3CredentialSource
    private let transfer: TransferClient
    private let limits: TransferLimits

    /// - Parameter endpoint: `nil` is Amazon's own.
    package init(
        distribution: String, endpoint: String?, credentials: any S3CredentialSource, transfer: TransferClient,
        limits: TransferLimits
    ) {
        self.distribution = distribution
        self.endpoint = endpoint ?? Self.address
        self.credentials = credentials
        self.transfer = transfer
        self.limits = limits
    }

    package var name: String { "CloudFront \(distribution)" }

    /// Three invalidations one after the other.
    package var mostPrefixes: Int { 3 * CloudFrontForm.mostPaths }

    /// A distribution's paths are those of all its hosts.
    package func calls(for prefixes: [CDNPrefix], tellings: [String]) -> [CDNCall] {
        let paths = CDNPrefix.reduced(prefixes.map { CDNPrefix(host: "", path: $0.path, root: $0.root) })
            .map { $0.path + "*" }
        return stride(from: 0, to: paths.count, by: CloudFrontForm.mostPaths).map { start in
            let part = Array(paths[start..<min(start + CloudFrontForm.mostPaths, paths.count)])
            return .invalidation(paths: part, reference: CloudFrontForm.reference(of: tellings, paths: part))
        }
    }

    package func send(_ call: CDNCall, until deadline: Deadline) throws(CDNError) -> CDNProgress {
        guard case .invalidation(let paths, let reference) = call else { throw .malformed }
        let body = [UInt8](CloudFrontForm.body(paths: paths, reference: reference).utf8)
        return try ask(.post([body]), CloudFrontForm.path(of: distribution), until: deadline)
    }

    package func look(after name: String, until deadline: Deadline) throws(CDNError) -> CDNProgress {
        try ask(.get, CloudFrontForm.path(of: distribution, invalidation: name), until: deadline)
    }

    private func ask(
        _ method: TransferMethod, _ path: String, until deadline: Deadline
    ) throws(CDNError) -> CDNProgress {
        let request = try signed(method, path, until: deadline)
        let answer: (head: ResponseHead, body: [UInt8])
        do throws(TransferError) {
            answer = try transfer.exchange(request, deadline: deadline)
        } catch {
            throw .transfer(error)
        }
        guard (200..<300).contains(answer.head.status) else {
            throw CDNError(
                status: answer.head.status, code: CloudFrontForm.code(answer.body),
                retryAfter: answer.head.secondsToWait())
        }
        guard let progress = CloudFrontForm.progress(answer.body) else { throw .malformed }
        return progress
    }

    private func signed(
        _ method: TransferMethod, _ path: String, until deadline: Deadline
    ) throws(CDNError) -> TransferRequest {
        let (url, credentials) = (try url(path), try keys(until: deadline))
        let payload = PayloadDigest(method.body ?? [])
        let time = SigningTime(unixSeconds: WallClock.unixSeconds)
        var headers = [
            HeaderField("Host", url.hostField), HeaderField("x-amz-content-sha256", payload.hexadecimal),
            HeaderField("x-amz-date", time.text),
        ]
        if method.body != nil { headers.append(HeaderField("Content-Type", CloudFrontForm.contentType)) }
        if let token = credentials.sessionToken { headers.append(HeaderField("x-amz-security-token", token)) }
        let signature = SignatureV4(credentials: credentials, region: Self.region, service: Self.service)
            .authorization(
                for: SignatureV4.Message(
                    method: method.name, path: path, query: "", headers: headers, payload: payload), at: time)
        // The owner has named the host, so it may be private; nobody else has a say, since redirects are not followed.
        var request = TransferRequest(
            purpose: name, url: url, policy: .configured, redirectPolicy: .publicOnly(allowed: []), limits: limits)
        request.method = method
        request.followsRedirects = false
        request.boundHeaders = headers + [HeaderField("Authorization", signature)]
        return request
    }

    private func url(_ path: String) throws(CDNError) -> TransferURL {
        do throws(TransferError) { return try TransferURL(endpoint + path) } catch { throw .transfer(error) }
    }

    private func keys(until deadline: Deadline) throws(CDNError) -> S3Credentials {
        do throws(S3Error) {
            return try credentials.credentials(until: deadline)
        } catch {
            throw .noCredentials(error)
        }
    }
}
