import Transformation

extension Explanation {
    /// The whole, in the order of telling, without what opens anything: what layers show has an address in many places.
    package var fact: Fact { whole.mapTexts(SecretAddress.withoutInputs) }

    private var whole: Fact {
        .fields(
            Fact.Field("url", .text(url)),
            Fact.Field("refusal", ifKnown: refusalFact),
            Fact.Field("account", ifKnown: place?.account), Fact.Field("host", ifKnown: place?.host),
            Fact.Field("urlEndpoint", ifKnown: place.map { .fields($0.fields) }),
            Fact.Field("origins", ifKnown: place?.originsFact), Fact.Field("home", ifKnown: home?.fact),
            Fact.Field("object", ifKnown: object), Fact.Field("originQuery", ifKnown: originQuery),
            Fact.Field("ignoredQuery", ifKnown: ignoredQuery),
            Fact.Field("transformation", ifKnown: transformationFact), Fact.Field("ladder", ifKnown: ladder?.fact),
            Fact.Field("plan", ifKnown: planFact),
            Fact.Field("sizes", ifKnown: sizes?.fact), Fact.Field("original", ifKnown: original),
            Fact.Field(
                "limits", .fields(limits.map { Fact.Field($0.name, $0.value.map { .number($0) } ?? .text("none")) })),
            Fact.Field("signature", ifKnown: signature?.fact),
            Fact.Field("key", ifKnown: key),
            Fact.Field("tiers", tiers ?? .text("not looked into")))
    }

    private var refusalFact: Fact? {
        refusal.map { refusal in
            let fields = [
                Fact.Field("status", .number(refusal.status)), Fact.Field("code", .text(refusal.code)),
                Fact.Field("message", .text(shown(refusal.message))),
            ]
            return .fields(fields + (isFaultOfTransformation ? transformation?.fault.map(fields(of:)) ?? [] : []))
        }
    }

    private var hidesQuotes: Bool { transformation?.hidesAnything ?? false }

    private func shown(_ message: String) -> String { hidesQuotes ? SecretAddress.withoutQuotes(message) : message }

    private func fields(of fault: ExplainedFault) -> [Fact.Field] {
        hidesQuotes ? fault.fields.filter { $0.name != "value" } : fault.fields
    }

    private var isFaultOfTransformation: Bool {
        refusal != nil && transformation?.fault?.message == refusal?.message
    }

    /// Its fault, too, where the URL is refused for something else before that is looked at.
    private var transformationFact: Fact? {
        transformation.map { transformation in
            let fault = isFaultOfTransformation ? nil : transformation.fault
            return .fields(
                Fact.Field("texts", .texts(transformation.shownTexts)), Fact.Field("steps", transformation.steps),
                Fact.Field(
                    "fault",
                    ifKnown: fault.map { .fields([Fact.Field("message", .text(shown($0.message)))] + fields(of: $0)) }))
        }
    }

    private var planFact: Fact? {
        guard let transformation, let resolution = transformation.resolution else { return nil }
        let quality = resolution.plan.map { Fact.number($0.output.quality) }
        return .fields(
            Fact.Field("canonical", .text(resolution.canonical)), Fact.Field("format", ifKnown: format?.fact),
            Fact.Field("quality", ifKnown: quality),
            Fact.Field("inputs", .texts(inputs)),
            Fact.Field("variesBy", .texts(varies)))
    }
}

extension Explanation.Place {
    fileprivate var fields: [Fact.Field] {
        [Fact.Field("urlPrefix", .text(urlPrefix))] + settings.map { Fact.Field($0.name, .text($0.value)) }
    }

    fileprivate var originsFact: Fact {
        .list(
            origins.map { origin in
                .described(
                    "\(origin.id) (\(origin.type))",
                    .fields(Fact.Field("id", .text(origin.id)), Fact.Field("type", .text(origin.type))))
            })
    }
}

extension Explanation.Home {
    fileprivate var fact: Fact {
        .fields(
            Fact.Field("region", .text(region)), Fact.Field("isHere", .flag(isHere)),
            Fact.Field("keepsResidency", .flag(keepsResidency)),
            Fact.Field("isUsable", ifKnown: isUsable.map { .flag($0) }),
            Fact.Field("whileAway", ifKnown: whileAway?.rawValue))
    }
}

extension Explanation.Signature {
    fileprivate var fact: Fact {
        .fields(
            Fact.Field("state", .text(state.rawValue)),
            Fact.Field("isRequired", ifKnown: isRequired.map { .flag($0) }),
            Fact.Field("expiry", ifKnown: expiry.map { .number($0) }),
            Fact.Field("urlEndpoint", .text(urlEndpoint)),
            Fact.Field("stringToSign", .text(stringToSign ?? "not shown: the URL holds what opens something")))
    }
}

extension ExplainedFormat {
    fileprivate var fact: Fact {
        .fields(
            Fact.Field("chosen", chosen.map { .text($0.rawValue) } ?? .unknown), Fact.Field("why", .text(reason)))
    }
}
