package import Configuration
package import Deadlines
import Digests
import Memory
package import Transfer

/// A CDN that is told of purges by requests which the owner has written.
package struct RequestedCDN: CDNCalling {
    package let name: String
    /// They are sent one after the other.
    package let mostPrefixes = 100

    private let method: HTTPPurge.Method
    private let url: PurgeTemplate
    private let body: PurgeTemplate?
    private let headers: [HeaderField]
    private let transfer: TransferClient
    private let limits: TransferLimits

    package init(_ settings: HTTPPurge, transfer: TransferClient, limits: TransferLimits) {
        method = settings.method
        url = PurgeTemplate(settings.url.value, in: .url)
        body = settings.body.map { PurgeTemplate($0.value, in: .body) }
        headers = settings.headers.map { HeaderField($0.name, $0.value.value) }
        self.transfer = transfer
        self.limits = limits
        // Behind the host there may be secrets.
        let scheme = settings.url.value.prefix { $0 != ":" }
        let host = settings.url.value.dropFirst(scheme.count + 3).prefix { !"/?{".contains($0) }
        var digest = DigestBuilder("purge template")
        digest.add([settings.method.rawValue, settings.url.value, settings.body?.value ?? ""])
        name = "\(scheme)://\(host) (\(digest.finish().hex.prefix(6)))"
    }

    /// What names nothing of what is meant purges all, and is asked once.
    package func calls(for prefixes: [CDNPrefix], tellings: [String]) -> [CDNCall] {
        var seen: Set<CDNCall> = []
        return CDNPrefix.reduced(prefixes)
            .map { .request(url: url.filled($0), body: body?.filled($0)) }
            .filter { seen.insert($0).inserted }
    }

    package func send(_ call: CDNCall, until deadline: Deadline) throws(CDNError) -> CDNProgress {
        guard case .request(let url, let body) = call else { throw .malformed }
        let request = try request(url, body)
        let head: ResponseHead
        do throws(TransferError) {
            let answer = try transfer.open(request, deadline: deadline)
            head = answer.head
            answer.skip()
        } catch {
            throw .transfer(error)
        }
        // A cache that has no such thing says so to its own method.
        let isDone = (200..<300).contains(head.status) || (method == .purge && head.status == 404)
        guard isDone else { throw CDNError(status: head.status, retryAfter: head.secondsToWait()) }
        return .done
    }

    package func look(after name: String, until deadline: Deadline) throws(CDNError) -> CDNProgress { .done }

    private func request(_ url: String, _ body: String?) throws(CDNError) -> TransferRequest {
        let parsed: TransferURL
        do throws(TransferError) { parsed = try TransferURL(url) } catch { throw .transfer(error) }
        // The owner has named the host, so it may be private; nobody else has a say, since redirects are not followed.
        var request = TransferRequest(
            purpose: name, url: parsed, policy: .configured, redirectPolicy: .publicOnly(allowed: []), limits: limits)
        let parts: [any Blob]? = body.map { [[UInt8]($0.utf8)] }
        request.method =
            switch (method, parts) {
            case (.get, _): .get
            case (.post, _): .post(parts ?? [])
            case (.put, _): .put(parts ?? [])
            case (.delete, nil): .delete
            case (.delete, _), (.purge, _): .named(method.rawValue, parts)
            }
        request.followsRedirects = false
        request.boundHeaders = headers
        return request
    }
}
