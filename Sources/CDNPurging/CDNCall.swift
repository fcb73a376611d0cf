package import Deadlines

/// One thing that a CDN is asked to do.
package enum CDNCall: Hashable, Sendable {
    /// An invalidation of CloudFront's. The same reference with the same paths is the same invalidation.
    case invalidation(paths: [String], reference: String)
    /// A request that the owner has written.
    case request(url: String, body: String?)
}

/// What came of a call.
package enum CDNProgress: Hashable, Sendable {
    case done
    /// It is at work; by this name it is asked how far it is.
    case underWay(String)
}

/// A CDN to be called: blocking, from one thread at a time.
package protocol CDNCalling: Sendable {
    /// For logs; tells it from others, in other processes too.
    var name: String { get }
    /// More prefixes than this are widened to everything of their URL endpoints.
    var mostPrefixes: Int { get }

    /// All that has to be asked so that it forgets what begins so.
    ///
    /// - Parameter tellings: one text for each purge; the same for the same purge, unless it is told once more.
    func calls(for prefixes: [CDNPrefix], tellings: [String]) -> [CDNCall]

    func send(_ call: CDNCall, until deadline: Deadline) throws(CDNError) -> CDNProgress

    /// How far something is that is under way.
    func look(after name: String, until deadline: Deadline) throws(CDNError) -> CDNProgress
}
