import Caching
import Configuration
import Deadlines
import HTTPRules
import Origins

/// Opens what goes out while it comes, in the very state that was promised.
struct Files: Sendable {
    /// As many as a worker has slots: each is bound to its client's pace, and has a thread and a connection of its own.
    private let places: WaitingPlaces
    private let origins: AskedOrigins

    init(_ configuration: Configuration, origins: AskedOrigins) {
        places = WaitingPlaces(limit: configuration.workers.slots)
        self.origins = origins
    }

    /// `nil`: what was promised is not there any more.
    func open(
        _ served: Served, _ file: Entry.File, _ order: Order, until deadline: Deadline
    ) throws(DeliveryError) -> Serving? {
        // Found under a limit that was higher then.
        if let length = file.length, length > origins.fileBytes {
            throw DeliveryError(.tooLarge(limit: origins.fileBytes))
        }
        let part = try file.length.flatMap { (length) throws(DeliveryError) in try order.part(of: served, length) }
        guard let place = places.take() else { throw .overloaded }
        // The bytes that have begun to come are good for one who wants them from their beginning.
        let begun = served.opened?.take()
        let body: any OriginalBody
        if part == nil, let begun {
            body = begun
        } else {
            guard let opened = try origins.open(order, part, until: deadline), served.isSame(as: opened) else {
                return nil
            }
            body = opened
        }
        body.beginStreaming()
        let passing = PassingFile(
            body, length: body.length ?? file.length, longest: origins.fileBytes, place: place)
        return Serving(served: served, part: body.range, file: passing)
    }
}

extension Served {
    /// Whether what begins to come is in this state, by whatever both say of themselves.
    fileprivate func isSame(as body: any OriginalBody) -> Bool {
        let new = body.metadata
        guard new.originID == source.originID, new.isPrivate == source.isPrivate else { return false }
        if let tag = new.validators.entityTag, let oldTag = source.entityTag { return tag == oldTag }
        if let date = new.validators.lastModified, let oldDate = source.lastModified { return date == oldDate }
        guard case .file(let file) = content, let length = file.length else { return true }
        return body.length == nil || body.length == length
    }
}
