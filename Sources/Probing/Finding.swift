package import Configuration
package import Origins

/// What a probe has found out about one origin.
package struct Finding: Equatable, Sendable {
    /// The account's id.
    package let account: String
    package let settings: OriginSettings
    package let outcome: Outcome
    package let trail: Trail
    /// From the first question to the last byte.
    package let duration: Duration

    package enum Outcome: Equatable, Sendable {
        case fetched(Fetched)
        /// It has said that it has no object of a name that nothing has: it is there and knows us.
        case reachable(NothingToFetch)
        /// Nobody knows what it could be asked for.
        case notAsked
        /// Its bytes may be in this region only, which is not the one that is probing (`residency: home`).
        case forbidden(home: String)
        case failed(Failure)
    }

    /// An object that was read.
    package struct Fetched: Equatable, Sendable {
        /// Percent-encoded.
        package let path: String
        package let metadata: Original.Metadata
        /// Bytes of the whole; `nil` where the origin does not say.
        package let length: Int?
        /// Bytes that were read.
        package let count: Int
        /// Whether these are all.
        package let isWhole: Bool
        /// It is what the origin gives under a name that nothing should have.
        package let isSurprise: Bool
    }

    /// Why no object was asked for by its name.
    package enum NothingToFetch: Equatable, Sendable {
        case isEmpty
        /// It cannot list.
        case noListing
        /// It does not say what it has.
        case notListed(OriginError)
    }

    package struct Failure: Equatable, Sendable {
        package let cause: Cause
        package let step: Step
    }

    package enum Cause: Equatable, Sendable {
        /// No origin can be made of its settings.
        case settings(OriginSettingsError)
        case origin(OriginError)
    }

    /// What was being done when it failed.
    package enum Step: Equatable, Sendable {
        case making
        /// Asking for the name of any object.
        case listing
        /// Reading an object; its path as it was named.
        case fetching(String)
        /// Asking for an object that is surely not there.
        case guessing
    }

    package var hasFailed: Bool { if case .failed = outcome { true } else { false } }
}
