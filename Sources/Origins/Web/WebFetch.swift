import Deadlines
import Transfer

/// One original over HTTP from a server that needs no more than a URL and headers.
struct WebFetch {
    let client: TransferClient
    let originID: String

    /// Asks for what `transfer` names, as `request` wants it.
    ///
    /// - Parameter refusal: as `OriginalQuestion.ask` has it.
    func open(
        _ transfer: TransferRequest, _ request: OriginRequest, deadline: Deadline,
        refusal: (TransferStream) -> OriginError? = { _ in nil }
    ) throws(OriginError) -> OriginAnswer {
        try OriginalQuestion(originID: originID, request: request).ask(refusal: refusal) {
            (headers) throws(OriginError) in
            var asked = transfer
            asked.headers += headers
            do throws(TransferError) {
                return try client.open(asked, deadline: deadline)
            } catch {
                throw OriginError(error)
            }
        }
    }
}
