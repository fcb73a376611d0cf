import Caching
import Deadlines
import Memory

// What was found is opened: bytes that are held, or those of a file, which its origin or its home region is asked for.

extension Variants {
    /// How often a file is looked for that is changed meanwhile.
    private static var openings: Int { 3 }

    /// Opens what was found, if it is a file. If it is not there any more as it was promised, it is looked for once more.
    func open(
        _ served: Served, _ order: Order, until deadline: Deadline
    ) throws(DeliveryError) -> Serving {
        if order.isKnownToClient(served) { return Serving(served: served, isKnown: true) }
        guard case .file = served.content else { return try whole(served, order) }
        return try occupying { () throws(DeliveryError) in
            var served = served
            for _ in 0..<Self.openings {
                guard case .file(let file) = served.content else { return try whole(served, order) }
                if let serving = try files.open(served, file, order, until: deadline) { return serving }
                served = try again(order, until: deadline)
            }
            throw .changing
        }
    }

    private func again(_ order: Order, until deadline: Deadline) throws(DeliveryError) -> Served {
        if let home = order.home, order.isRelayed { return try relay(order, home, until: deadline) }
        cache.remove(order.key, until: deadline)
        return try judged(try fly(order, nil, inPlaceOf: nil, until: deadline), order)
    }

    /// What is held, or the part of it that is wanted.
    private func whole(_ served: Served, _ order: Order) throws(DeliveryError) -> Serving {
        guard case .variant(let variant) = served.content else { throw .changing }
        let part = try order.part(of: served, variant.body.count)
        return try files.serving(variant.body, of: served, part)
    }
}
