import Deadlines
import HTTPRules
import Origins

/// An origin that only so many slots ask at a time: one that is silent must not take them all.
struct BoundedOrigin: Origin {
    private let origin: any Origin
    private let places: WaitingPlaces

    init(_ origin: any Origin, limit: Int) {
        self.origin = origin
        places = WaitingPlaces(limit: limit)
    }

    var id: String { origin.id }

    func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        guard let place = places.take() else { throw .crowded }
        switch try origin.open(request, deadline: deadline) {
        case .notModified(let metadata): return .notModified(metadata)
        case .opened(let body): return .opened(BoundedBody(body, place))
        }
    }
}

/// A body with its place among those who ask its origin. Who streams it waits for a client as well, and is counted
/// elsewhere.
private final class BoundedBody: OriginalBody {
    private let body: any OriginalBody
    private let place: Monitor<WaitingPlaces.Place?>

    init(_ body: any OriginalBody, _ place: WaitingPlaces.Place) {
        self.body = body
        self.place = Monitor(place)
    }

    var metadata: Original.Metadata { body.metadata }
    var length: Int? { body.length }
    var range: ByteRange? { body.range }

    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool { try body.read(use) }

    func beginStreaming() {
        _ = place.withLock { $0.take() }
        body.beginStreaming()
    }
}
