import Deadlines
import HTTPRules
import Transfer

/// A service that lends the credentials of a role.
protocol CredentialService: Sendable {
    var source: CredentialProblem.Source { get }

    /// Asks it; blocks until the deadline at most.
    func lend(
        through client: ServiceClient, until deadline: Deadline
    ) throws(CredentialProblem.Reason) -> LentCredentials
}

/// Where such a service is: a URL without query, to which paths can be added.
struct ServiceBase {
    private let text: String

    init?(_ text: String) {
        guard let url = try? TransferURL(text), !url.text.contains("?") else { return nil }
        self.text = String(url.text.reversed().drop { $0 == "/" }.reversed())
    }

    /// Throws `.malformed` for a path that makes no URL.
    func url(_ path: String) throws(CredentialProblem.Reason) -> TransferURL {
        do throws(TransferError) { return try TransferURL(text + path) } catch { throw .malformed }
    }
}

/// Asks credential services. Redirects are not followed: what is sent is for that service alone.
struct ServiceClient {
    let transfer: TransferClient
    let limits: TransferLimits
    /// Unix seconds of this machine.
    let now: @Sendable () -> Int64

    struct Answer {
        let body: [UInt8]
        /// Unix seconds by the service's clock, or by ours if it does not say.
        let moment: Int64
    }

    /// Credentials are a few kilobytes.
    private static let answerBytes = 64 * 1024

    /// One request. Every answer but 200 is thrown as `.refused`.
    ///
    /// - Parameter longest: cuts each of the limits.
    func ask(
        _ method: TransferMethod, _ url: TransferURL, _ headers: [HeaderField] = [], longest: Duration,
        until deadline: Deadline
    ) throws(CredentialProblem.Reason) -> Answer {
        var limits = limits
        limits.connect = min(limits.connect, longest)
        limits.firstByte = min(limits.firstByte, longest)
        limits.stall = min(limits.stall, longest)
        limits.bodyBytes = Self.answerBytes
        // The owner of the machine has named the host, and these are private as a rule.
        var request = TransferRequest(
            purpose: "role credentials", url: url, policy: .configured, redirectPolicy: .publicOnly(allowed: []),
            limits: limits)
        request.method = method
        request.followsRedirects = false
        request.boundHeaders = headers
        let answer: (head: ResponseHead, body: [UInt8])
        do throws(TransferError) {
            // A body that comes drop by drop keeps to the limits of each stage, so all stages have one.
            let end = deadline.capped(to: limits.connect + limits.firstByte + limits.stall)
            answer = try transfer.exchange(request, deadline: end)
        } catch {
            throw .unreachable(error)
        }
        guard answer.head.status == 200 else {
            throw .refused(status: answer.head.status, code: ServiceWord.code(in: answer.body))
        }
        let date = answer.head["date"].flatMap { HTTPDate($0) }
        return Answer(body: answer.body, moment: date?.unixSeconds ?? now())
    }
}
