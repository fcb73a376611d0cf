/// Who keeps account of what becomes of render processes at the jobs of one original, and may forbid one more attempt.
package struct RenderWitness: Sendable {
    /// How one attempt ended.
    package enum End: Sendable {
        /// With an outcome, or without the job having been begun.
        case alive
        /// The render process died of it.
        case died
        /// It was killed at the hard limit, having worked most of the time.
        case late
    }

    /// Called right before a job is given to a process; gives whom to tell of its end, or `nil` if it must not be given.
    package let begin: @Sendable () -> (@Sendable (End) -> Void)?

    package init(begin: @escaping @Sendable () -> (@Sendable (End) -> Void)?) {
        self.begin = begin
    }

    /// Nobody does.
    package static let none = RenderWitness { { _ in } }
}
