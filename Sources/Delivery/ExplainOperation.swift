import Caching
import Configuration
import Deadlines
import Explaining
import HTTPRules
import Memory
import Origins
import Regions
import RenderJobs
import Transformation

/// `/_apus/explain?url=…`: what a URL means and what is kept of it, as JSON.
struct ExplainOperation: Sendable {
    private let explainer: Explainer
    private let cache: InternalCache
    private let validity: Validity
    private let variants: Variants
    private let renders: RenderPool
    private let configuration: Configuration
    /// `nil` where there is one region.
    private let otherRegions: OtherRegions?

    /// - Parameters:
    ///   - variants: who fetches an original in the ordinary way.
    init(
        _ configuration: Configuration, explainer: Explainer, cache: InternalCache, validity: Validity,
        renders: RenderPool, variants: Variants, otherRegions: OtherRegions?
    ) {
        self.otherRegions = otherRegions
        self.configuration = configuration
        self.explainer = explainer
        self.cache = cache
        self.validity = validity
        self.renders = renders
        self.variants = variants
    }

    /// The JSON text.
    func answer(_ request: DeliveryRequest, until deadline: Deadline) throws(DeliveryError) -> String {
        let asked = try Asked(request)
        var (explanation, order) = explainer.look(asked.question)
        guard let order else { return explanation.fact.json }
        let home = order.route.home
        // It would come to where it must not be.
        guard !asked.fetches || home.isHere || !home.keepsResidency else {
            throw .explain("fetch: residency is home, and its bytes may be in \(home.region) only; ask there")
        }
        if !home.isHere {
            explanation.home?.isUsable = otherRegions?.isUsable(
                home.region, for: order.key, hasSubstitute: home.hasSubstituteHere())
        }
        try variants.occupying { () throws(DeliveryError) in lookUp(order, asked, until: deadline, &explanation) }
        return explanation.fact.json
    }

    private func lookUp(_ order: Order, _ asked: Asked, until deadline: Deadline, _ explanation: inout Explanation) {
        let saved = cache.look(for: order.originalKey, in: .store, until: deadline)
        explanation.tiers = .fields(
            Fact.Field("redis", fact(cache.look(for: order.key, in: .redis, until: deadline), order)),
            Fact.Field("store", fact(cache.look(for: order.key, in: .store, until: deadline), order)),
            Fact.Field("savedOriginal", fact(saved, order)))
        addOriginal(order, saved: saved, asked, until: deadline, to: &explanation)
    }

    // MARK: What tiers have

    private func fact(_ answer: CacheAnswer?, _ order: Order) -> Fact {
        switch answer {
        case nil: .text("not configured")
        case .miss?: .text("nothing")
        case .defective?: .text("something damaged, which was deleted")
        case .unavailable?: .text("could not be asked")
        case .hit(let entry)?: fact(entry, order)
        }
    }

    private func fact(_ entry: Entry, _ order: Order) -> Fact {
        let now = WallClock.unixSeconds
        let lifetime = entry.lifetime
        let what: (kind: String, type: String?, message: String?) =
            switch entry.content {
            case .variant(let variant): ("variant", variant.contentType, nil)
            case .file(let file): ("file", file.contentType, nil)
            case .original: ("original", entry.source.contentType, nil)
            case .failure(let failure): ("failure", nil, "\(failure.status) \(failure.code) - \(failure.message)")
            }
        return .fields(
            Fact.Field("kind", .text(what.kind)), Fact.Field("state", .text(state(of: entry, order, now: now))),
            Fact.Field("bytes", .number(entry.body.count)), Fact.Field("contentType", ifKnown: what.type),
            Fact.Field("failure", ifKnown: what.message),
            Fact.Field("ageSeconds", .number(now - lifetime.madeAt)),
            Fact.Field("freshForSeconds", .number(max(0, lifetime.freshUntil - now))),
            Fact.Field("expiresInSeconds", .number(lifetime.expiresAt - now)),
            Fact.Field("region", .text(entry.region)),
            Fact.Field("origin", ifKnown: entry.source.originID.isEmpty ? nil : entry.source.originID))
    }

    private func state(of entry: Entry, _ order: Order, now: Int64) -> String {
        guard validity.isKnown else { return "not believed: what was purged is not known now" }
        if validity.isVoid(entry, of: order) { return "void: purged" }
        return switch entry.lifetime.age(now: now) {
        case .fresh: "fresh"
        case .revalidating: "stale: usable while it is revalidated"
        case .stale: "stale: usable if its origin is away"
        case .unusable: "stale: to be revalidated before it is used"
        }
    }

    // MARK: The original

    /// From its saved copy, or fetched where the asker wants that.
    private func addOriginal(
        _ order: Order, saved: CacheAnswer?, _ asked: Asked, until deadline: Deadline, to explanation: inout Explanation
    ) {
        var found: FetchedOriginal?
        if case .hit(let entry)? = saved, validity.isKnown, !validity.isVoid(entry, of: order) {
            found = FetchedOriginal(entry)
        }
        if found == nil, asked.fetches {
            do throws(DeliveryError) {
                switch try variants.original(of: order, until: deadline) {
                case .original(let original): found = original
                case .file(let file): addFile(file.metadata, file.contentType, count: file.length, to: &explanation)
                case .unchanged: break
                }
            } catch {
                explanation.original = .fields(
                    Fact.Field("failure", .text("\(error.status) \(error.code) - \(error.message)")))
            }
        }
        guard let found else { return }
        let bytes = found.original.bytes
        let kind = OriginalKind(bytes, said: found.metadata.contentType, name: order.object.name)
        if case .file(let contentType) = kind, order.passesFiles {
            addFile(found.metadata, contentType, count: bytes.count, to: &explanation)
            return
        }
        // What may be a drawing is one if it can be measured.
        var format = kind.format
        // A size that is given counts, whatever the original's own is.
        var size: Size?
        var refusal = posesAsPicture(kind, order) ? Explanation.Refusal(DeliveryError.notAPicture) : nil
        if asked.question.size == nil, refusal == nil {
            do throws(RenderPoolError) {
                let keepsDrawing = Explainer.keepsDrawing(format, order)
                size = try measured(bytes, order, asDrawing: keepsDrawing, until: deadline)
            } catch {
                refusal = self.refusal(of: error, order, format)
                if kind == .perhapsDrawing { format = nil }
            }
        } else if kind == .perhapsDrawing {
            format = nil
        }
        explanation.original = .fields(
            Fact.Field("origin", .text(found.metadata.originID)),
            Fact.Field("bytes", .number(bytes.count)),
            Fact.Field("format", .text(format?.rawValue ?? "a document, or no picture")),
            Fact.Field("size", ifKnown: size?.fact),
            Fact.Field("isPrivate", .flag(found.metadata.isPrivate)))
        explainer.explain(original: format, size: asked.question.size ?? size, order, in: &explanation)
        explanation.originalRefusal = explanation.originalRefusal ?? refusal
    }

    /// What is passed on as it is has no format of ours, no sizes and no limit of pixels.
    ///
    /// - Parameter count: its length in bytes; `nil` where its origin does not say.
    private func addFile(
        _ metadata: Original.Metadata, _ contentType: String, count: Int?, to explanation: inout Explanation
    ) {
        explanation.original = .fields(
            Fact.Field("origin", .text(metadata.originID)),
            Fact.Field("bytes", ifKnown: count.map { Fact.number($0) }),
            Fact.Field("format", .text("a file, which goes out as it is")),
            Fact.Field("contentType", .text(contentType)),
            Fact.Field("isPrivate", .flag(metadata.isPrivate)))
        (explanation.format, explanation.sizes, explanation.originalRefusal) = (nil, nil, nil)
    }

    /// Whether it is asked for untouched, and refused without a render process: it only says that it is a picture.
    private func posesAsPicture(_ kind: OriginalKind, _ order: Order) -> Bool {
        order.resolution == .original && kind == .falsePicture
    }

    /// What cannot be decoded is refused, if it is to be; a drawing is sanitised even where it is asked for untouched.
    private func refusal(of error: RenderPoolError, _ order: Order, _ format: ImageFormat?) -> Explanation.Refusal? {
        guard order.resolution != .original || format == .svg else { return nil }
        switch error {
        case .failed, .outgrown, .tooLarge: break
        default: return nil
        }
        return .init(DeliveryError(error))
    }

    /// The size of a picture, upright, or of the page that is drawn, as a render process reads it in the header; that of a
    /// drawing that goes out as one, if it says so.
    private func measured(
        _ bytes: SharedMemory, _ order: Order, asDrawing: Bool, until deadline: Deadline
    ) throws(RenderPoolError) -> Size? {
        var output = Output(format: .source, quality: 1)
        var page: Int?
        if case .variant(let plan) = order.resolution { (output.density, page) = (plan.output.density, plan.page) }
        let plan = Plan(stages: [], output: output, page: page)
        var job = RenderJob(
            plan: plan.canonical, rasterisesSVG: !asDrawing, limits: .init(configuration.limits), deadline: deadline)
        job.onlyMeasures = !asDrawing
        let facts = try renders.render(job, bytes, limit: configuration.timeouts.render).facts
        return facts.width > 0 && facts.height > 0 ? Size(width: facts.width, height: facts.height) : nil
    }
}

/// The query of `/_apus/explain`.
private struct Asked {
    private(set) var question: ExplainQuestion
    /// Whether the original is fetched if there is no copy of it.
    private(set) var fetches = false

    private static let itemsLimit = 16

    init(_ request: DeliveryRequest) throws(DeliveryError) {
        question = ExplainQuestion(url: "", accept: request.accept)
        let items = request.query.utf8.split(separator: UInt8(ascii: "&"), maxSplits: Self.itemsLimit)
        for item in items {
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            try take(String(Substring(parts[0])), try Self.decoded(parts.count > 1 ? parts[1] : Substring().utf8))
        }
        guard !question.url.isEmpty else { throw .explain("url=… is missing: the URL to explain, percent-encoded") }
    }

    private mutating func take(_ name: String, _ value: String) throws(DeliveryError) {
        switch name {
        case "url": question.url = value
        case "accept": question.accept = value
        case "width": question.width = value
        case "dpr": question.pixelRatio = value
        case "size":
            guard let size = ExplainQuestion.size(value) else {
                throw .explain("size: WIDTHxHEIGHT in pixels is allowed, such as 4000x3000")
            }
            question.size = size
        case "fetch":
            guard ["1", "true"].contains(value) else {
                throw .explain("fetch: 1 or true is allowed; left out, nothing is fetched")
            }
            fetches = true
        default:
            throw .explain(
                "parameters are url, accept, width, dpr, size and fetch; an & that belongs to the URL is written %26")
        }
    }

    private static func decoded(_ text: Substring.UTF8View) throws(DeliveryError) -> String {
        do { return try PercentDecoding.text(Array(text)[...]) } catch { throw DeliveryError(error) }
    }
}

extension DeliveryError {
    fileprivate static func explain(_ message: String) -> DeliveryError {
        DeliveryError(status: 400, code: "EINVAL", message: message, keeping: .never)
    }
}
