import Deadlines
import Transfer

/// The access tokens of one origin, one after the other. Shared by all threads.
final class AccessTokens: Sendable {
    typealias Make =
        @Sendable (_ previous: AccessToken?, Deadline) throws(OriginError) ->
        Renewable<
            AccessToken, OriginError
        >.Fresh

    /// For how long no tokens are renewed for being refused, once a new one was; in seconds.
    private static let pause: Int64 = 10

    private let current: Renewable<AccessToken, OriginError>
    private let make: Make
    private let now: @Sendable () -> Int64
    /// When a token that had just been made was refused.
    private let newOneRefusedAt = Monitor<Int64?>(nil)

    /// - Parameters:
    ///   - now: Unix seconds.
    ///   - make: asks for a token until the deadline; one thread at a time.
    init(now: @escaping @Sendable () -> Int64, make: @escaping Make) {
        current = Renewable(outOfTime: .timedOut(.total), now: now)
        self.make = make
        self.now = now
    }

    /// What `ask` gets with a token. It is called again with another one if it says `nil`: that the token is refused.
    ///
    /// Throws `.forbidden(by: .credentials)` if the second is refused, too.
    func use<Answer>(
        until deadline: Deadline, _ ask: (AccessToken) throws(OriginError) -> Answer?
    ) throws(OriginError) -> Answer {
        let token = try current.value(until: deadline, make: make)
        if let answer = try ask(token) { return answer }
        guard !isPausing else { throw .forbidden(by: .credentials) }
        current.invalidate(token)
        let next = try current.value(until: deadline, make: make)
        if let answer = try ask(next) { return answer }
        newOneRefusedAt.withLock { $0 = now() }
        throw .forbidden(by: .credentials)
    }

    /// A service whose tokens nobody takes is not asked for one by every request.
    private var isPausing: Bool {
        newOneRefusedAt.withLock { time in
            guard let time else { return false }
            let passed = now().subtractingReportingOverflow(time)
            return !passed.overflow && (0..<Self.pause).contains(passed.partialValue)
        }
    }
}
