/// What an origin has when it does not fail.
package enum OriginAnswer: Sendable {
    case opened(any OriginalBody)
    /// The copy that the request names still holds. This is what is now known of it: what the origin has said again is
    /// as of this answer, the rest as the copy had it.
    case notModified(Original.Metadata)
}
