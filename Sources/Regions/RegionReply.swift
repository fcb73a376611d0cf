package import Caching

/// What another region has answered.
package enum RegionReply: Sendable {
    /// A variant, or an error that may be kept.
    case entry(Entry, RegionAnswerHead)
    /// The copy that the question named is good: the entry without its bytes.
    case unchanged(Entry, RegionAnswerHead)
    /// What is known of a file, and its bytes.
    case file(Entry, RegionStream, RegionAnswerHead)
    /// An error that is not kept.
    case fault(RegionFault, RegionAnswerHead)

    package var head: RegionAnswerHead {
        switch self {
        case .entry(_, let head), .unchanged(_, let head), .file(_, _, let head), .fault(_, let head): head
        }
    }
}
