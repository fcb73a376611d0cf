import Caching
import Configuration
import Deadlines
import HTTPRules
import Origins
import Transformation

/// Makes what an order names, and keeps it: original, picture, entry. A purge that comes in the middle makes it begin
/// again, so that nothing old is kept or delivered as if it were new.
struct VariantMaker: Sendable {
    /// How often a variant is begun when purges hit it while it is made.
    private static let attempts = 3

    let originals: Originals
    let pictures: PictureMaker
    let cache: InternalCache
    let lifetimes: Lifetimes
    let validity: Validity
    let region: String
    /// The most that all layers of a picture show together, in bytes: as much as one original may have.
    let layerBytes: Int

    init(
        originals: Originals, pictures: PictureMaker, cache: InternalCache, lifetimes: Lifetimes, validity: Validity,
        configuration: Configuration
    ) {
        self.originals = originals
        self.pictures = pictures
        self.cache = cache
        self.lifetimes = lifetimes
        self.validity = validity
        region = configuration.region
        layerBytes = configuration.limits.sourceBytes
    }

    /// What goes into the picture, if this client may have what is made of it.
    func ingredients(of order: Order, until deadline: Deadline) throws(DeliveryError) -> Fetched {
        try keepingErrors(of: order, validity.epoch, inPlaceOf: nil, until: deadline) { () throws(DeliveryError) in
            try gather(order, known: nil, until: deadline)
        }
    }

    /// The entity tag that the variant has or would have, if it is good enough to say so: of originals that are fresh.
    func validators(of fetched: Fetched, _ order: Order) -> (EntityTag, Lifetime)? {
        switch fetched {
        case .picture(let ingredients):
            guard ingredients.state == .fresh else { return nil }
            return entityTag(ingredients.source, order).map { ($0, ingredients.lifetime) }
        case .file(let file):
            guard file.identity != nil else { return nil }
            return entityTag(source(of: file), order).map { ($0, file.lifetime) }
        case .unchanged: return nil
        }
    }

    private func entityTag(_ source: Entry.Source, _ order: Order) -> EntityTag? {
        order.entityTag(of: source.identity, purge: validity.lastPurge(of: order, source))
    }

    /// - Parameters:
    ///   - fetched: what goes into it, if it was fetched already.
    ///   - old: what is to be renewed, if the origins say that it still holds.
    func make(
        _ order: Order, _ fetched: Fetched?, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        var fetched = fetched
        for _ in 1..<Self.attempts {
            let served = try makeOnce(order, fetched, inPlaceOf: old, until: deadline)
            if !validity.isVoid(served.entry, of: order) {
                keep(served, order, inPlaceOf: old, until: deadline)
                return served
            }
            fetched = nil
        }
        let served = try makeOnce(order, nil, inPlaceOf: nil, until: deadline)
        guard !validity.isVoid(served.entry, of: order) else { return served.inState(.passing) }
        keep(served, order, inPlaceOf: old, until: deadline)
        return served
    }

    private func makeOnce(
        _ order: Order, _ fetched: Fetched?, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        // Read before the originals are: a purge from now on makes void what comes of them. What was found before may have
        // been hit since, and must not become good again under this number.
        let epoch = validity.epoch
        let fetched = fetched.flatMap { isVoid($0, order) ? nil : $0 }
        let old = old.flatMap { validity.isVoid($0.entry, of: order) ? nil : $0 }
        let found = try keepingErrors(of: order, epoch, inPlaceOf: old, until: deadline) {
            () throws(DeliveryError) -> Fetched in
            if let fetched { return fetched }
            return try gather(order, known: old?.knownOriginal, until: deadline)
        }
        switch found {
        case .unchanged(let metadata, let lifetime):
            guard let old else { throw .unaskedConfirmation }
            let source = Entry.Source(metadata, identity: old.source.identity)
            return old.renewed(lifetime, source, purgeEpoch: epoch)
        case .picture(let ingredients):
            if let old, old.source.identity == ingredients.source.identity {
                return old.renewed(ingredients.lifetime, ingredients.source, purgeEpoch: epoch)
                    .inState(ingredients.state)
            }
            return try keepingErrors(of: order, epoch, inPlaceOf: old, until: deadline) { () throws(DeliveryError) in
                try served(order, ingredients, epoch, until: deadline)
            }
        case .file(let file): return served(order, file, epoch)
        }
    }

    private func isVoid(_ fetched: Fetched, _ order: Order) -> Bool {
        fetched.entry.map { validity.isVoid($0, of: order) } ?? false
    }

    private func served(
        _ order: Order, _ ingredients: Ingredients, _ epoch: UInt64, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        let picture: PictureMaker.Picture
        do throws(DeliveryError) {
            picture = try pictures.make(order, ingredients, until: deadline)
        } catch {
            for part in ingredients.parts where part.isBlamed(by: error) {
                originals.forget(part.order, until: deadline)
            }
            throw error
        }
        for part in ingredients.parts { originals.save(part.fetched, part.order) }
        let variant = Entry.Variant(
            contentType: picture.contentType, entityTag: entityTag(ingredients.source, order)?.description ?? "",
            width: picture.width, body: picture.bytes)
        let isCopy = ingredients.original.fetched.place == .store
        let tier: Served.Tier = picture.isRendered ? .render : isCopy ? .store : .origin
        return Served(
            content: .variant(variant), lifetime: ingredients.lifetime, region: region, purgeEpoch: epoch,
            source: ingredients.source, tier: tier, state: ingredients.state, timing: picture.timing)
    }

    private func served(_ order: Order, _ file: FetchedFile, _ epoch: UInt64) -> Served {
        let source = source(of: file)
        // Of bytes that are not looked at no more is promised than their origin does.
        let isStrong = file.metadata.validators.entityTag?.hasPrefix("W/") == false
        let tag =
            file.identity == nil ? nil : entityTag(source, order).flatMap { EntityTag($0.value, isWeak: !isStrong) }
        let known = Entry.File(
            contentType: file.contentType, entityTag: tag?.description ?? "", length: file.length)
        var served = Served(
            content: .file(known), lifetime: file.lifetime, region: region, purgeEpoch: epoch, source: source,
            tier: .origin, opened: file.opened)
        served.timing.download = file.downloadDuration
        return served
    }

    private func source(of file: FetchedFile) -> Entry.Source {
        Entry.Source(file.metadata, identity: file.identity?.text ?? "")
    }
}

extension Served {
    /// What its origin is asked about; `nil` where it has said nothing to be asked about.
    fileprivate var knownOriginal: Original.Metadata? {
        guard !source.isStandIn else { return nil }
        let known = Original.Metadata(source, fetchedAt: lifetime.madeAt)
        return known.validators == Original.Validators() ? nil : known
    }
}
