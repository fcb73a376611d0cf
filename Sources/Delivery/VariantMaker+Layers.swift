import Caching
import Deadlines
import Memory
import Origins
package import Transformation

/// What layers show is fetched like originals: from the same origins, by the same rules, each once for all who want it.
extension VariantMaker {
    /// All that goes into the picture, if this client may have what is made of it.
    ///
    /// - Parameter known: the original, if the caller has something that was made of it alone.
    func gather(
        _ order: Order, known: Original.Metadata?, until deadline: Deadline
    ) throws(DeliveryError) -> Fetched {
        // An entry says in which state all of its inputs were together, and so nothing that one origin could confirm.
        switch try fetch(order, known: order.layerInputs.isEmpty ? known : nil, until: deadline) {
        case .unchanged(let metadata, let lifetime):
            try check(metadata, order)
            return .unchanged(metadata, lifetime)
        case .file(let file):
            try check(file.metadata, order)
            return .file(file)
        case .original(let original):
            try check(original.metadata, order)
            return .picture(Ingredients(original, try parts(of: order, until: deadline)))
        }
    }

    /// One after the other: a slot is one thread, and where many pictures show the same logo it is there already.
    private func parts(of order: Order, until deadline: Deadline) throws(DeliveryError) -> [Ingredients.Part] {
        var parts: [Ingredients.Part] = []
        var bytesLeft = layerBytes
        for input in order.layerInputs {
            do throws(DeliveryError) {
                parts.append(try part(input, order.fetching(input.path), until: deadline))
            } catch {
                throw error.naming(input)
            }
            // Many large ones at once would cost more memory than any single limit says.
            bytesLeft -= parts.last?.fetched.original.bytes.count ?? 0
            guard bytesLeft >= 0 else { throw .layersTooLarge(limit: layerBytes) }
        }
        return parts
    }

    private func part(
        _ input: LayerInput, _ order: Order, until deadline: Deadline
    ) throws(DeliveryError) -> Ingredients.Part {
        guard case .original(let fetched) = try originals.fetch(order, known: nil, until: deadline) else {
            throw .unaskedConfirmation
        }
        try check(fetched.metadata, order)
        return Ingredients.Part(input: input, order: order, fetched: fetched)
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

    /// The same error, which says of what it speaks. What passes speaks of this moment.
    package func naming(_ input: LayerInput) -> DeliveryError {
        guard status < 500 else { return self }
        var error = self
        error.message = "The \(input.shownName): \(message)"
        return error
    }
}

extension LayerInput {
    private static let longestShownPath = 200

    /// For the client who has asked for it: "layer's picture logos/a.png".
    var shownName: String {
        // Of a URL its password and its query, which may be signed, are left out.
        let path = LoggedPath("/" + path.canonical).description.dropFirst()
        let isLong = path.utf8.count > Self.longestShownPath
        return "layer's \(kind.rawValue) \(path.prefix(Self.longestShownPath))\(isLong ? "..." : "")"
    }
}
