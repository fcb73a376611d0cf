import Caching
import Configuration
import Deadlines
import HTTPRules
import Origins

/// What goes out for one request: a variant or a file, or the part of it that the client wants.
struct Serving: Sendable {
    let served: Served
    /// The client has it already. A picture's client is told so by nginx, which compares what it keeps.
    var isKnown = false
    /// `nil`: the whole.
    var part: ByteRange?
    /// Where it is a file: its bytes, or those of the part.
    var file: PassingFile?
}

/// Opens what goes out while it comes, in the very state that was promised.
struct Files: Sendable {
    /// As many as a worker has slots: each is bound to its client's pace, and has a thread and a connection of its own.
    private let places: WaitingPlaces
    private let origins: AskedOrigins
    private let longest: Int?

    init(_ configuration: Configuration, origins: AskedOrigins) {
        places = WaitingPlaces(limit: configuration.workers.slots)
        longest = configuration.limits.fileBytes
        self.origins = origins
    }

    /// `nil`: what was promised is not there any more.
    func open(
        _ served: Served, _ file: Entry.File, _ order: Order, until deadline: Deadline
    ) throws(DeliveryError) -> Serving? {
        if let longest, let length = file.length, length > longest { throw .fileTooLarge(limit: longest) }
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
            body, length: body.length ?? file.length, longest: longest ?? .max, place: place)
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

extension Order {
    /// Whether the client itself has said that it has this very state.
    func isKnownToClient(_ served: Served) -> Bool {
        guard served.state == .fresh, !served.isPicture else { return false }
        return clientConditions.isNotModified(
            entityTag: EntityTag(parsing: served.entityTag),
            lastModified: served.source.lastModified.map { HTTPDate(unixSeconds: $0) })
    }

    /// The part that is answered of so many bytes; `nil`: the whole, which is also what pictures are answered with.
    func part(of served: Served, _ length: Int) throws(DeliveryError) -> ByteRange? {
        guard let range, !served.isPicture, wantsRange(of: served) else { return nil }
        guard let part = range.resolved(of: length) else { throw .rangeNotSatisfiable(length: length) }
        return part
    }
}

extension Order {
    /// Whether `If-Range`, if there is one, names the state that is there (RFC 9110 §13.1.5).
    fileprivate func wantsRange(of served: Served) -> Bool {
        guard let ifRange else { return true }
        if let asked = EntityTag(parsing: ifRange) {
            return EntityTag(parsing: served.entityTag)?.strongMatches(asked) == true
        }
        guard let date = served.source.lastModified else { return false }
        return HTTPDate(ifRange, now: HTTPDate(unixSeconds: WallClock.unixSeconds)) == HTTPDate(unixSeconds: date)
    }
}
