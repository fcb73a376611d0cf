import Deadlines
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

    func fetch(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        try places.occupy(orThrow: OriginError.crowded) { () throws(OriginError) in
            try origin.fetch(request, deadline: deadline)
        }
    }
}
