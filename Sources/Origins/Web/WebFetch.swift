import Deadlines
import HTTPRules
import Memory
import Transfer

#if canImport(Glibc)
    import Glibc
#endif

/// One original over HTTP: which answers are originals, and which errors the others are.
struct WebFetch {
    let client: TransferClient

    func original(_ request: TransferRequest, deadline: Deadline) throws(OriginError) -> Original {
        let start = Deadline.now
        var writer = try OriginalWriter(maximum: request.limits.bodyBytes)
        var refusal: OriginError?
        let head: ResponseHead
        do throws(TransferError) {
            head = try client.get(request, deadline: deadline) { head in
                refusal = Self.refusal(of: head)
                return refusal == nil ? .receive : .skip
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
        return Self.original(try writer.finish(), head: head, duration: start.elapsed)
    }

    /// `nil` for the one answer that is an original: the whole of it, as it is.
    private static func refusal(of head: ResponseHead) -> OriginError? {
        switch head.status {
        case 200:
            let coding = head["content-encoding"]?.lowercased() ?? "identity"
            return coding == "identity" || coding.isEmpty ? nil : .unidentified(.contentCoding)
        case 404, 410: return .notFound
        case 401, 403: return .forbidden
        default: return .unidentified(.status(head.status))
        }
    }

    /// How owners mark a file as private, on web servers and as metadata of buckets (platform reference §3.1).
    private static let privateMarks = ["is-private-file", "x-amz-meta-isprivatefile"]

    private static func original(_ bytes: SharedMemory, head: ResponseHead, duration: Duration) -> Original {
        // A tag that is none, or longer than any server needs, is as good as none.
        let tag = head["etag"].flatMap(EntityTag.init(parsing:))
        let now = HTTPDate(unixSeconds: WallClock.unixSeconds)
        let modified = head["last-modified"].flatMap { HTTPDate($0, now: now) }
        return Original(
            bytes: bytes,
            validators: Original.Validators(entityTag: tag?.description, lastModified: modified?.unixSeconds),
            contentType: head["content-type"],
            isPrivate: privateMarks.contains { head[$0]?.lowercased() == "true" },
            cacheControl: head.joined("cache-control"),
            expires: head["expires"],
            downloadDuration: duration
        )
    }
}
