/// What the URL endpoint's ladder does to a request: why it gets something else than it asks for, or nothing.
package enum LadderEffect: Equatable, Sendable {
    /// The owner has signed the request, so that it may ask for anything.
    case signed
    /// All that it asks for is allowed without a signature.
    case fits
    /// Values became rungs. `asked` is the canonical plan with the values of the URL.
    case rounded(asked: String)
    /// With a signature it would be answered.
    case refused

    var fact: Fact {
        .fields(
            Fact.Field("effect", .text(effect)), Fact.Field("why", .text(why)),
            Fact.Field("asked", ifKnown: asked))
    }

    private var effect: String {
        switch self {
        case .signed, .fits: "none"
        case .rounded: "rounded up"
        case .refused: "refused"
        }
    }

    private var why: String {
        switch self {
        case .signed: "the request is signed"
        case .fits: "all that is asked for is allowed without a signature"
        case .rounded: "without a signature a value becomes the next rung, above all of them the highest"
        case .refused: "it asks for what needs a signature at this URL endpoint"
        }
    }

    private var asked: String? { if case .rounded(let asked) = self { asked } else { nil } }
}
