import Explaining
import FirstInputs
import Transformation

/// What must hold for every input; where it does not, the program ends and libFuzzer keeps the input.
enum LanguageCheck {
    /// The input up to its first `?` is a path, what follows is the query.
    static func checkURL(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? parts[1] : []
        refusable { () throws(TransformationError) in
            let path = try RequestPath([UInt8(ascii: "/")] + parts[0])
            for consumed in 0...2 {
                refusable { () throws(TransformationError) in
                    let url = try DeliveryURL(
                        path: path, consumed: consumed, query: query, keepingEmptySegments: consumed == 2)
                    check(url.object)
                    _ = url.query.passthrough
                    try check(Transformation(url.transformations))
                }
            }
        }
    }

    static func checkTransformation(_ text: String) {
        for unknown in [TransformationRules.UnknownParameters.reject, .ignore] {
            refusable { () throws(TransformationError) in
                try check(Transformation([text], rules: TransformationRules(unknownParameters: unknown)))
            }
        }
        refusable { () throws(TransformationError) in try Transformation.validate(named: text) }
    }

    /// What comes to a render process as the text of a plan.
    static func checkCanonical(_ text: String) {
        refusable { () throws(TransformationError) in
            let plan = try Plan(canonical: text)
            expect(plan.canonical == text, "a plan that is not its own text")
            checkSizes(plan)
        }
    }

    // MARK: - What was read

    private static let named = ["a": "w-100,e-shadow", "thumb": "w-iw_div_2:rt-90", "still": "pg-2,f-png"]
    private static let hints = ClientHints(width: 1_234, pixelRatio: Number(2))

    private static func check(_ transformation: Transformation) throws(TransformationError) {
        _ = transformation.hints(named: named)
        let clients: [(AcceptedFormats, ClientHints)] = [([], ClientHints()), ([.avif, .webp], hints)]
        for (accepted, hints) in clients {
            let resolution = try transformation.resolve(named: named, accepting: accepted, hints: hints)
            guard case .variant(let plan) = resolution else { continue }
            check(plan)
        }
    }

    /// The canonical text is read back as the same plan, whose text is the same again.
    private static func check(_ plan: Plan) {
        let canonical = plan.canonical
        expect(canonical.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character: \(canonical)")
        do throws(TransformationError) {
            let again = try Plan(canonical: canonical)
            expect(again == plan, "another plan: \(canonical)")
            expect(again.canonical == canonical, "another text: \(canonical)")
        } catch {
            violated("a canonical text is refused: \(canonical): \(error)")
        }
        for input in plan.inputs { check(input.path) }
        checkSizes(plan)
    }

    private static func check(_ path: ObjectPath) {
        expect(!path.canonical.isEmpty, "a path without a name")
        let isSafe = path.segments.allSatisfy { !$0.contains(0) && $0 != Array(".".utf8) && $0 != Array("..".utf8) }
        expect(isSafe, "a path that leaves its folder: \(path.canonical)")
        _ = path.absoluteURL
    }

    private static let sources = [
        Size(width: 640, height: 865), Size(width: 1, height: 1), Size(width: 60_000, height: 3),
    ]

    /// Sizes are known or are not; no arithmetic on them traps.
    private static func checkSizes(_ plan: Plan) {
        for source in sources {
            _ = PlanSizes(plan, of: source, limits: OutputLimits(pixels: 1_000_000))
        }
    }

    // MARK: - Verdicts

    /// Does what may be refused; the reason is one line of printable ASCII that is fit for a header.
    private static func refusable(_ body: () throws(TransformationError) -> Void) {
        do throws(TransformationError) {
            try body()
        } catch {
            let reason = error.description.utf8
            expect((1...500).contains(reason.count), "a reason of \(reason.count) bytes: \(error)")
            expect(reason.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a reason that is not plain: \(error)")
        }
    }
}
