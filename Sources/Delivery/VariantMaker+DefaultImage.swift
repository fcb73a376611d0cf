import Deadlines
import HTTPRules
import Origins
import Transformation

/// What stands in for an original that is missing: `di` (reference §8). It is looked up like any original and given the
/// same transformation; that it is not the original itself is believed for as long as an error would be kept.
extension VariantMaker {
    /// What was found, the order by which it was, and as what.
    typealias Found = (answer: Originals.Answer, order: Order, role: Ingredients.Part.Role)

    /// The original, or the default image where there is none. Without a default image it is the first error that counts.
    ///
    /// - Parameter known: a state of the original; if it still holds, its bytes need not come.
    func find(
        _ order: Order, known: Original.Metadata?, _ patience: inout Patience, until deadline: Deadline
    ) throws(DeliveryError) -> Found {
        do throws(DeliveryError) {
            return (try originals.fetch(order, known: known, &patience, until: deadline), order, .original)
        } catch {
            guard error.saysMissing, let path = order.defaultImage else { throw error }
            return try standIn(order.fetching(path), for: error, &patience, until: deadline)
        }
    }

    private func standIn(
        _ order: Order, for missing: DeliveryError, _ patience: inout Patience, until deadline: Deadline
    ) throws(DeliveryError) -> Found {
        do throws(DeliveryError) {
            let answer = try originals.fetch(order, known: nil, &patience, until: deadline)
            // Too long to be decoded.
            guard case .original = answer else { throw DeliveryError.notAPicture }
            return (answer, order, .standIn)
        } catch {
            throw error.saysMissing ? missing : error.naming(order.object.shownName(as: "default image"))
        }
    }
}

extension Order {
    var defaultImage: ObjectPath? {
        if case .variant(let plan) = resolution { plan.defaultImage } else { nil }
    }
}

extension DeliveryError {
    /// Whether the origins have said that there is no such original, or none for us, which buckets that may not be listed
    /// say of both. An origin that is away has said nothing: the original may well be there.
    fileprivate var saysMissing: Bool { status == 404 && !isPassing }
}
