import Caching
import Deadlines
import HTTPRules

// What the client says of its own copy, and which part it wants (RFC 9110 §13, §14).

extension Order {
    /// Whether the client itself has said that it has this very state.
    func isKnownToClient(_ served: Served) -> Bool {
        // nginx says it of what it keeps, which is no picture whose URL ends.
        guard served.state == .fresh, !served.isPicture || authorisation.expiry != nil else { return false }
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
