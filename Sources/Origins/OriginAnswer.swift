/// What an origin has when it does not fail.
package enum OriginAnswer: Sendable {
    case original(Original)
    /// The copy that the request names still holds. This is what is now known of it: what the origin has said again is
    /// as of this answer, the rest as the copy had it.
    case notModified(Original.Metadata)

    /// What is known of the original, whether its bytes came along or not.
    package var metadata: Original.Metadata {
        switch self {
        case .original(let original): original.metadata
        case .notModified(let metadata): metadata
        }
    }
}
