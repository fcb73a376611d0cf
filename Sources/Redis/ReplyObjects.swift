import CHiredis

/// How hiredis builds replies: its own way, but for arrays, which it would make room for on the word of the other side.
/// An array of two thousand million elements takes nine bytes to announce and 16 GB to expect.
enum ReplyObjects {
    /// Of one array. More than any command in use answers with: `CLUSTER SLOTS` has at most a range for each of 16,384
    /// slots.
    static let mostElements: Int32 = 65_536

    /// Set once and never changed, as hiredis' own table is.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions>? = {
        guard var table = standard else { return nil }
        table.createArray = { task, elements in
            guard elements <= ReplyObjects.mostElements else { return nil }
            return ReplyObjects.standard?.createArray(task, elements)
        }
        let place = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        place.initialize(to: table)
        return place
    }()

    private static let standard: redisReplyObjectFunctions? = {
        guard let reader = redisReaderCreate() else { return nil }
        defer { redisReaderFree(reader) }
        return reader.pointee.fn.pointee
    }()
}
