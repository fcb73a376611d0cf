import Caching
import Digests
import Memory
import Origins
import RenderJobs
import Transformation

/// All that a picture is made of: the original, and what its layers show.
struct Ingredients: Sendable {
    /// Something that a layer shows.
    struct Part: Sendable {
        let input: LayerInput
        /// By which it was fetched, as if it were an original.
        let order: Order
        let fetched: FetchedOriginal
    }

    let original: FetchedOriginal
    let parts: [Part]
    /// What an entry remembers of all of them.
    let source: Entry.Source
    /// The shortest of all.
    let lifetime: Lifetime

    init(_ original: FetchedOriginal, _ parts: [Part] = []) {
        self.original = original
        self.parts = parts
        let identity = OriginalIdentity(original.original).text
        source = parts.reduce(into: original.source(identity: identity)) { $0.add($1) }
        lifetime = parts.reduce(original.lifetime) { $0.shortest($1.fetched.lifetime) }
    }

    /// What is made of them is no fresher than any of them is.
    var state: Served.State {
        let states = [original.state] + parts.map(\.fetched.state)
        return states.contains(.stale) ? .stale : states.contains(.revalidating) ? .revalidating : .fresh
    }

    /// Of all of them; they are fetched one after the other.
    var downloadDuration: Duration {
        parts.reduce(original.original.downloadDuration) { $0 + $1.fetched.original.downloadDuration }
    }

    /// What the parts are called in a job.
    var jobInputs: [RenderJob.Input] {
        parts.map { RenderJob.Input(name: $0.input.name, count: $0.fetched.original.bytes.count) }
    }
}

/// What fetching for an order brings.
enum Fetched: Sendable {
    case picture(Ingredients)
    /// An original that goes out as it is, while it comes.
    case file(FetchedFile)
    /// What the caller knows still holds, for that long from now on.
    case unchanged(Original.Metadata, Lifetime)

    /// Each thing that was fetched, for the purge log's judgement, with the order by which purges know it.
    func entries(_ order: Order) -> [(entry: Entry, order: Order)] {
        switch self {
        case .picture(let ingredients):
            [(ingredients.original.entry(region: ""), order)]
                + ingredients.parts.map { ($0.fetched.entry(region: ""), $0.order) }
        case .file(let file): [(file.entry(region: ""), order)]
        case .unchanged: []
        }
    }
}

extension Entry.Source {
    fileprivate mutating func add(_ part: Ingredients.Part) {
        let metadata = part.fetched.metadata
        let state = OriginalIdentity(part.fetched.original).text
        identity += " and " + Digest.of("layer", [part.input.name, state]).hex
        // The last change of any of them; unknown where one says nothing of its own.
        if let before = lastModified { lastModified = metadata.validators.lastModified.map { max($0, before) } }
        isPrivate = isPrivate || metadata.isPrivate
        tags += metadata.tags.filter { !tags.contains($0) }
        inputs.append(
            Input(path: part.order.route.purgePath(of: part.order.object), originID: metadata.originID))
    }
}
