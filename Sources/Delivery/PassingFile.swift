import Deadlines
import HTTPRules
import Origins

/// A file on its way to a client.
package final class PassingFile: Sendable {
    /// Of the whole, in bytes; `nil` where nobody knows.
    package let length: Int?
    private let body: any OriginalBody
    private let longest: Int
    private let place: WaitingPlaces.Place

    init(_ body: any OriginalBody, length: Int?, longest: Int, place: WaitingPlaces.Place) {
        self.body = body
        self.length = length
        self.longest = longest
        self.place = place
    }

    /// How many bytes will come; `nil` where nobody knows.
    package var count: Int? { body.range?.count ?? length }

    /// Lends every piece, in order, to `use`, until that throws.
    ///
    /// - Returns: whether all have come that were promised; else the client must not take it for the whole.
    package func pass<Failure: Error>(to use: (RawSpan) throws(Failure) -> Void) throws(Failure) -> Passing {
        var passed = 0
        var failure: Failure?
        do throws(OriginError) {
            while failure == nil, passed <= min(longest, count ?? .max),
                try body.read({ piece in
                    passed += piece.byteCount
                    guard passed <= min(longest, count ?? .max) else { return }
                    do throws(Failure) { try use(piece) } catch { failure = error }
                })
            {}
        } catch {
            return .broken(error.detail)
        }
        if let failure { throw failure }
        if passed > longest { return .broken("longer than limits.fileBytes") }
        guard let count, count != passed else { return .complete }
        return .broken("\(passed) of \(count) bytes came")
    }

    package enum Passing: Sendable, Equatable {
        case complete
        /// Why, for the owner's log.
        case broken(String)
    }
}
