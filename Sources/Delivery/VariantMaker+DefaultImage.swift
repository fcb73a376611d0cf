import Caching
import Deadlines
import HTTPRules
import Origins
import Transformation

/// What stands in for an original that is missing: `di` (reference §8). It is looked up like any original and given the
/// same transformation; that it is not the original itself is believed for as long as an error would be kept.
extension VariantMaker {
    /// The original, or the default image where there is none. Without a default image it is the first error that counts.
    func fetch(
        _ order: Order, known: Original.Metadata?, until deadline: Deadline
    ) throws(DeliveryError) -> Originals.Answer {
        do throws(DeliveryError) {
            return try originals.fetch(order, known: known, until: deadline)
        } catch {
            guard error.saysMissing, let path = order.defaultImage else { throw error }
            return try standIn(path, order, for: error, until: deadline)
        }
    }

    private func standIn(
        _ path: ObjectPath, _ order: Order, for missing: DeliveryError, until deadline: Deadline
    ) throws(DeliveryError) -> Originals.Answer {
        let answer: Originals.Answer
        do throws(DeliveryError) {
            answer = try originals.fetch(order.fetching(path), known: nil, until: deadline)
        } catch {
            throw error.saysMissing ? missing : error
        }
        guard case .original(var original) = answer else { return answer }
        original.lifetime = lifetimes.ofStandIn(original.lifetime, now: WallClock.unixSeconds)
        original.standInPath = order.route.purgePath(of: path)
        return .original(original)
    }
}

extension Order {
    fileprivate var defaultImage: ObjectPath? {
        if case .variant(let plan) = resolution { plan.defaultImage } else { nil }
    }
}

extension DeliveryError {
    /// Whether the origins have said that there is no such original, or none for us, which buckets that may not be listed
    /// say of both. An origin that is away has said nothing: the original may well be there.
    fileprivate var saysMissing: Bool { status == 404 && !isPassing }
}

extension FetchedOriginal {
    /// As entries name what they were made of.
    ///
    /// - Parameter identity: which state of it this is.
    func source(identity: String) -> Entry.Source {
        var source = Entry.Source(metadata, identity: identity)
        guard let standInPath else { return source }
        source.identity = Entry.Source.standInMark + identity
        source.inputs = [.init(path: standInPath, originID: metadata.originID)]
        return source
    }
}

extension Entry.Source {
    fileprivate static let standInMark = "default "

    /// Whether it is a default image, of which the original's own origin knows nothing.
    var isStandIn: Bool { identity.hasPrefix(Self.standInMark) }
}
