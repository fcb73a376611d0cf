import Caching
import Configuration
import Deadlines
import HTTPRules
import Memory
import Origins
import Regions

/// Opens what goes out while it comes, in the very state that was promised.
struct Files: Sendable {
    /// As many as a worker has slots: each is bound to its client's pace, and has a thread and a connection of its own.
    private let places: WaitingPlaces
    private let origins: AskedOrigins
    private let homes: HomeRegions
    /// Whether nginx has no disk for what a slow client has not taken yet: what it cannot hold must not hold a slot then.
    private let hasNoSpool: Bool

    /// What nginx surely holds of an answer in memory, in bytes: less than its buffers (`nginx/worker.conf`), for the head.
    private static let bufferedBytes = 1_500_000

    init(_ configuration: Configuration, origins: AskedOrigins, homes: HomeRegions) {
        places = WaitingPlaces(limit: configuration.workers.slots)
        self.origins = origins
        self.homes = homes
        hasNoSpool = configuration.relays
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
        // The bytes that have begun to come are good for one who wants just these.
        let begun = served.opened?.take()
        let body: any OriginalBody
        if let begun, begun.range == part {
            body = begun
        } else {
            guard let opened = try begin(order, part, until: deadline), served.isSame(as: opened) else { return nil }
            body = opened
        }
        body.beginStreaming()
        let passing = PassingFile(
            body, length: body.length ?? file.length, longest: origins.fileBytes, place: place)
        return Serving(served: served, part: body.range, file: passing)
    }

    /// Bytes that are held; those of a large variant at their client's pace, where that takes another thread than a slot.
    func serving(_ bytes: any Blob, of served: Served, _ part: ByteRange?) throws(DeliveryError) -> Serving {
        guard hasNoSpool, bytes.count > Self.bufferedBytes else { return Serving(served: served, part: part) }
        guard let place = places.take() else { throw .overloaded }
        let body = HeldBody(bytes, served, range: part)
        let file = PassingFile(body, length: bytes.count, longest: .max, place: place)
        return Serving(served: served, part: part, file: file)
    }

    /// `nil`: it is gone, or has no such part any more.
    private func begin(
        _ order: Order, _ part: ByteRange?, until deadline: Deadline
    ) throws(DeliveryError) -> (any OriginalBody)? {
        guard let home = order.home else { return try origins.open(order, part, until: deadline) }
        let said: HomeRegions.Answer
        do throws(RegionError) {
            said = try homes.ask(order, home, part: part, inPlaceOf: nil, until: deadline)
        } catch {
            try homes.bypass(error, order)
            return try origins.open(order, part, until: deadline)
        }
        switch said {
        case .served(let served): return served.opened?.take()
        case .failed(let error): throw error
        }
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
