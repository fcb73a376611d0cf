import Caching
import Digests
import Memory
import Origins
import RenderJobs
import Transformation

/// All that a picture is made of: the original or what stands in for it, and what its layers show.
struct Ingredients: Sendable {
    struct Part: Sendable {
        enum Role {
            case original
            /// The default image, in place of an original that is missing.
            case standIn
            case layer(LayerInput)
        }

        let role: Role
        /// By which it was fetched, as the original of a request.
        let order: Order
        let fetched: FetchedOriginal
        /// How long what is made of it may be kept on its account.
        let lifetime: Lifetime

        /// The name of what a layer shows, as the plan and the job have it.
        var inputName: String? { if case .layer(let input) = role { input.name } else { nil } }

        /// In errors that speak of it; `nil` for the original, which needs no name.
        var shownName: String? {
            switch role {
            case .original: nil
            case .standIn: order.object.shownName(as: "default image")
            case .layer(let input): input.shownName
            }
        }

        /// Whether its bytes are to blame: a copy of them is of no use.
        func isBlamed(by error: DeliveryError) -> Bool {
            inputName.map { $0 == error.blamedInput } ?? error.blamesOriginal
        }
    }

    /// The original, or what stands in for it.
    let original: Part
    let layers: [Part]
    /// What an entry remembers of all of them.
    let source: Entry.Source
    /// The shortest of all.
    let lifetime: Lifetime
    /// The purge log's number before any of them was fetched.
    private let purgeEpoch: UInt64

    init(_ original: Part, _ layers: [Part], purgeEpoch: UInt64) {
        self.original = original
        self.layers = layers
        self.purgeEpoch = purgeEpoch
        let parts = [original] + layers
        source = layers.reduce(into: Entry.Source(original)) { $0.add($1) }
        lifetime = parts.dropFirst().reduce(original.lifetime) { $0.shortest($1.lifetime) }
    }

    var parts: [Part] { [original] + layers }

    /// What is made of them is no fresher than any of them is.
    var state: Served.State {
        let states = parts.map(\.fetched.state)
        return states.contains(.stale) ? .stale : states.contains(.revalidating) ? .revalidating : .fresh
    }

    /// Of all of them; they are fetched one after the other.
    var downloadDuration: Duration { parts.reduce(.zero) { $0 + $1.fetched.original.downloadDuration } }

    /// For the purge log's judgement.
    fileprivate var entry: Entry {
        Entry(
            content: .original(Entry.SavedOriginal(body: original.fetched.original.bytes)), lifetime: lifetime,
            region: "", purgeEpoch: purgeEpoch, source: source)
    }
}

/// What fetching for an order brings.
enum Fetched: Sendable {
    case picture(Ingredients)
    /// An original that goes out as it is, while it comes.
    case file(FetchedFile)
    /// What the caller knows still holds, for that long from now on.
    case unchanged(Original.Metadata, Lifetime)

    /// For the purge log's judgement; `nil` where it says nothing about bytes.
    var entry: Entry? {
        switch self {
        case .picture(let ingredients): ingredients.entry
        case .file(let file): file.entry(region: "")
        case .unchanged: nil
        }
    }
}

extension Entry.Source {
    fileprivate init(_ original: Ingredients.Part) {
        let fetched = original.fetched
        self.init(fetched.metadata, identity: OriginalIdentity(fetched.original).text)
        guard case .standIn = original.role else { return }
        // It is never taken for the original itself, however alike they are.
        identity = Digest.of("default image", [identity]).hex
        isStandIn = true
        inputs = [original.input]
    }

    fileprivate mutating func add(_ layer: Ingredients.Part) {
        let metadata = layer.fetched.metadata
        let state = OriginalIdentity(layer.fetched.original).text
        identity += " and " + Digest.of("layer", [layer.inputName ?? "", state]).hex
        // The last change of any of them; unknown where one says nothing of its own.
        if let before = lastModified { lastModified = metadata.validators.lastModified.map { max($0, before) } }
        isPrivate = isPrivate || metadata.isPrivate
        tags += metadata.tags.filter { !tags.contains($0) }
        inputs.append(layer.input)
    }
}

extension Ingredients.Part {
    /// As purges know it.
    fileprivate var input: Entry.Source.Input {
        Entry.Source.Input(
            path: order.route.purgePath(of: order.object), query: order.passthroughQuery,
            originID: fetched.metadata.originID)
    }
}
