import Deadlines
import HTTPRules

/// A body whose end tells the guard of its origin how it went.
final class GuardedBody: OriginalBody {
    typealias Settlement = @Sendable (Breaker.Outcome, OriginError?) -> Void

    private let body: any OriginalBody
    private let isRushed: Bool
    /// `nil` once it has been told.
    private let settlement: Monitor<Settlement?>

    init(_ body: any OriginalBody, isRushed: Bool, settle: @escaping Settlement) {
        self.body = body
        self.isRushed = isRushed
        settlement = Monitor(settle)
    }

    /// Whoever wanted no more of it has seen it begin.
    deinit { settle(.succeeded) }

    var metadata: Original.Metadata { body.metadata }
    var length: Int? { body.length }
    var range: ByteRange? { body.range }

    func beginStreaming() {
        settle(.succeeded)
        body.beginStreaming()
    }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool {
        do throws(OriginError) {
            let isMore = try body.read(use)
            if !isMore { settle(.succeeded) }
            return isMore
        } catch {
            settle(error.outcome(isRushed: isRushed), error)
            throw error
        }
    }

    private func settle(_ outcome: Breaker.Outcome, _ error: OriginError? = nil) {
        settlement.withLock { $0.take() }?(outcome, error)
    }
}
