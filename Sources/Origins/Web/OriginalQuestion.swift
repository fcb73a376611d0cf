import Deadlines
import HTTPRules
import Transfer

/// The question for one original over HTTP, whoever sends it: a part of it, or nothing where a known copy still holds.
struct OriginalQuestion {
    let originID: String
    let request: OriginRequest

    /// - Parameters:
    ///   - refusal: is shown an answer that is no original, with its body still to come, and says what it means; `nil`:
    ///     what its status says.
    ///   - send: sends a request with these headers, and returns the answer that it gets.
    func ask(
        refusal: (TransferStream) -> OriginError? = { _ in nil },
        send: ([HeaderField]) throws(OriginError) -> TransferStream
    ) throws(OriginError) -> OriginAnswer {
        let part = request.range.map { [HeaderField("Range", "bytes=\($0)")] } ?? []
        if let known = request.known, let condition = known.validators.condition {
            let now = WallClock.unixSeconds
            let answer = WebAnswer(try send(part + [condition]), originID: originID, fetchedAt: now)
            if let answer = try answer.opened(request.range, known: known, refusal) { return answer }
            // The server holds something else for ours, such as an older file that was put back.
        }
        let now = WallClock.unixSeconds
        let answer = WebAnswer(try send(part), originID: originID, fetchedAt: now)
        guard let answer = try answer.opened(request.range, known: nil, refusal) else {
            throw .unidentified(.status(304))
        }
        return answer
    }
}
