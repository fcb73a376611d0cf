import Deadlines
import HTTPRules
import Memory
import Transfer

/// One original over HTTP: which answers are originals, and which errors the others are.
struct WebFetch {
    let client: TransferClient
    let originID: String

    /// Fetches what `request` names, or learns that the copy `known` still holds.
    func answer(
        _ request: TransferRequest, known: Original.Metadata?, deadline: Deadline
    ) throws(OriginError) -> OriginAnswer {
        if let known, let condition = known.validators.condition {
            var conditional = request
            conditional.headers.append(condition)
            if let answer = try ask(conditional, known: known, deadline: deadline) { return answer }
            // The server holds something else for ours, such as an older file that was put back.
        }
        guard let answer = try ask(request, known: nil, deadline: deadline) else { throw .unidentified(.status(304)) }
        return answer
    }

    /// `nil`: "not modified" about another state than `known`.
    private func ask(
        _ request: TransferRequest, known: Original.Metadata?, deadline: Deadline
    ) throws(OriginError) -> OriginAnswer? {
        let start = Deadline.now
        let fetchedAt = WallClock.unixSeconds
        var writer = try OriginalWriter(maximum: request.limits.bodyBytes)
        var refusal: OriginError?
        let head: ResponseHead
        do throws(TransferError) {
            head = try client.get(request, deadline: deadline) { head in
                refusal = Self.refusal(of: head)
                return refusal == nil && head.status == 200 ? .receive : .skip
            } body: { bytes in
                do throws(OriginError) {
                    try writer.append(bytes)
                } catch {
                    refusal = error
                }
                return refusal == nil
            }.head
        } catch {
            throw refusal ?? OriginError(error)
        }
        if let refusal { throw refusal }
        let new = Original.Metadata(head, originID: originID, fetchedAt: fetchedAt)
        guard head.status == 304 else {
            return .original(Original(bytes: try writer.finish(), metadata: new, downloadDuration: start.elapsed))
        }
        guard let known, known.validators.mayBe(new.validators) else { return nil }
        return .notModified(known.confirmed(by: new, with: head))
    }

    /// `nil` for the answers that are good: the whole original as it is, and that there is none but ours.
    private static func refusal(of head: ResponseHead) -> OriginError? {
        switch head.status {
        case 200:
            let coding = head["content-encoding"]?.lowercased() ?? "identity"
            return coding == "identity" || coding.isEmpty ? nil : .unidentified(.contentCoding)
        case 304: return nil
        case 404, 410: return .notFound
        case 401, 403: return .forbidden
        case 429, 503: return .unidentified(.status(head.status, retryAfter: retryAfter(head)))
        default: return .unidentified(.status(head.status))
        }
    }

    private static func retryAfter(_ head: ResponseHead) -> Int? {
        head["retry-after"].flatMap { RetryAfter.seconds($0, now: HTTPDate(unixSeconds: WallClock.unixSeconds)) }
    }
}
