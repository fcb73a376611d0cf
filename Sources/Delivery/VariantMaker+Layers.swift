import Deadlines
import HTTPRules
import Memory
import Origins
package import Transformation

/// All that goes into a picture is fetched like an original: from the same origins, by the same rules, each once for all
/// who want it.
extension VariantMaker {
    /// What goes into the picture, if this client may have what is made of it.
    ///
    /// - Parameter known: the original, if the caller has something that was made of it alone.
    func gather(
        _ order: Order, known: Original.Metadata?, until deadline: Deadline
    ) throws(DeliveryError) -> Fetched {
        // What could not be made in the end is not fetched.
        try pictures.check(order)
        let epoch = validity.epoch
        var patience = Patience()
        // An entry says in which state all of its inputs were together, and so nothing that one origin could confirm.
        let known = order.layerInputs.isEmpty ? known : nil
        let found = try find(order, known: known, &patience, until: deadline)
        switch (found.answer, found.role) {
        case (.unchanged(let metadata, let lifetime), _):
            try check(metadata, order)
            return .unchanged(metadata, lifetime)
        case (.file(let file), .original):
            try check(file.metadata, order)
            return .file(file)
        case (let answer, let role):
            let original = try part(role, found.order, answer)
            let layers = try layers(of: order, &patience, until: deadline)
            return .picture(Ingredients(original, layers, purgeEpoch: epoch))
        }
    }

    /// One after the other: a slot is one thread, and where many pictures show the same logo it is there already.
    private func layers(
        of order: Order, _ patience: inout Patience, until deadline: Deadline
    ) throws(DeliveryError) -> [Ingredients.Part] {
        var layers: [Ingredients.Part] = []
        var bytesLeft = layerBytes
        for input in order.layerInputs {
            let order = order.fetching(input.path)
            do throws(DeliveryError) {
                let answer = try originals.fetch(order, known: nil, &patience, until: deadline)
                layers.append(try part(.layer(input), order, answer))
            } catch {
                throw error.naming(input)
            }
            // Many large ones at once would cost more memory than any single limit says.
            bytesLeft -= layers.last?.fetched.original.bytes.count ?? 0
            guard bytesLeft >= 0 else { throw .layersTooLarge(limit: layerBytes) }
        }
        return layers
    }

    private func part(
        _ role: Ingredients.Part.Role, _ order: Order, _ answer: Originals.Answer
    ) throws(DeliveryError) -> Ingredients.Part {
        switch answer {
        case .original(let fetched):
            try check(fetched.metadata, order)
            var lifetime = fetched.lifetime
            if case .standIn = role { lifetime = lifetimes.brief(lifetime, now: WallClock.unixSeconds) }
            return Ingredients.Part(role: role, order: order, fetched: fetched, lifetime: lifetime)
        // Too long to be decoded.
        case .file: throw .notAPicture
        case .unchanged: throw .unaskedConfirmation
        }
    }

    private func check(_ metadata: Original.Metadata, _ order: Order) throws(DeliveryError) {
        if metadata.isPrivate, !order.maySeePrivate { throw .privateOriginal }
    }
}

extension DeliveryError {
    fileprivate static func layersTooLarge(limit: Int) -> DeliveryError {
        DeliveryError(
            status: 400, code: "ELIMIT",
            message: "What the layers show is together larger than the limit of \(limit) bytes.", keeping: .errorAge)
    }

    /// The same error, which says of which input it speaks.
    package func naming(_ input: LayerInput) -> DeliveryError { naming(input.shownName) }

    /// The same error, which says of what it speaks. What passes speaks of this moment.
    func naming(_ shownName: String) -> DeliveryError {
        guard status < 500 else { return self }
        var error = self
        error.message = "The \(shownName): \(message)"
        return error
    }
}

extension LayerInput {
    /// For the client who has asked for it: "layer's picture logos/a.png".
    var shownName: String { path.shownName(as: "layer's \(kind.rawValue)") }
}

extension ObjectPath {
    private static let longestShownPath = 200

    /// For the client who has asked for it: "default image defaults/a.png".
    func shownName(as role: String) -> String {
        // Of a URL its password is left out, and its query, which may be signed.
        let path = LoggedPath("/" + canonical).description.dropFirst()
        let isLong = path.utf8.count > Self.longestShownPath
        return "\(role) \(path.prefix(Self.longestShownPath))\(isLong ? "..." : "")"
    }
}
