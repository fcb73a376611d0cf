import Deadlines
import Transfer

/// A fetch that shows an access token, and another one where the first is refused.
struct BearerFetch: Sendable {
    let fetch: WebFetch
    let tokens: AccessTokens

    /// As `WebFetch.open`.
    func open(
        _ transfer: TransferRequest, _ request: OriginRequest, deadline: Deadline,
        refusal: (TransferStream) -> OriginError? = { _ in nil }
    ) throws(OriginError) -> OriginAnswer {
        try tokens.use(until: deadline) { (token) throws(OriginError) -> OriginAnswer? in
            var shown = transfer
            if let header = token.header { shown.boundHeaders.append(header) }
            var isTokenRefused = false
            do throws(OriginError) {
                return try fetch.open(shown, request, deadline: deadline) { answer in
                    // Nobody else has seen it.
                    isTokenRefused = answer.head.status == 401 && answer.url.isSameHost(as: transfer.url)
                    return refusal(answer)
                }
            } catch {
                if isTokenRefused { return nil }
                throw error
            }
        }
    }
}
