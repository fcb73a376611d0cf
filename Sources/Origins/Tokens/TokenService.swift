import Deadlines
import S3
import Transfer

/// The server that hands out the access tokens of one origin.
struct TokenService: Sendable {
    /// The longest answer that is read, in bytes.
    private static let answerBytes = 64 * 1024

    let url: TransferURL
    let originID: String
    let settings: WebSettings
    /// Unix seconds.
    let now: @Sendable () -> Int64

    /// What a token is asked for with.
    struct Question {
        let contentType: String
        let body: [UInt8]
        var authorization: HeaderField?
    }

    enum Answer {
        case token(AccessToken, goodUntil: Int64)
        /// The credentials are refused; with the service's own word for it, where it has one.
        case refused(reason: String?)
        /// Nobody hands out tokens there.
        case missing
    }

    /// Asks once. Throws for everything that says nothing of the credentials.
    func ask(_ question: Question, until deadline: Deadline) throws(OriginError) -> Answer {
        var request = settings.request(url, purpose: originID, policy: .configured)
        request.limits.bodyBytes = Self.answerBytes
        request.method = .post([question.body])
        request.headers += [
            HeaderField("Content-Type", question.contentType), HeaderField("Accept", "application/json"),
        ]
        request.boundHeaders = [question.authorization].compactMap(\.self)
        // Its life began before the answer was on its way.
        let askedAt = now()
        let (head, body) = try exchange(request, until: deadline)
        switch head.status {
        case 200:
            guard let (token, seconds) = AccessToken.read(body) else { throw .unidentified(.noToken) }
            return .token(token, goodUntil: askedAt + seconds)
        // RFC 6749 §5.2; Akeneo says 422 to a wrong password.
        case 400, 401, 403, 422: return .refused(reason: ServiceWord.error(in: body))
        case 404, 405, 410, 501: return .missing
        case 429, 503:
            throw .unidentified(.status(head.status, retryAfter: head.secondsToWait(at: now())))
        default: throw .unidentified(.status(head.status))
        }
    }

    private func exchange(
        _ request: TransferRequest, until deadline: Deadline
    ) throws(OriginError) -> (head: ResponseHead, body: [UInt8]) {
        do throws(TransferError) {
            return try settings.client.exchange(request, deadline: deadline)
        } catch {
            // It is no original that is too large.
            if case .tooLarge = error { throw .unidentified(.noToken) }
            throw OriginError(error)
        }
    }
}
