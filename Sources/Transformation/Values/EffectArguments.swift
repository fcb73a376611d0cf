/// The named arguments of an effect, `bl-15_st-40_x-10`: in any order, of two with one name the later.
struct EffectArguments {
    private var values: [String: String] = [:]

    /// Nothing, an empty value and `true` are no arguments; nil for a text that does not begin with one of `names`.
    init?(_ text: String?, names: Set<String>) {
        guard let text, !text.isEmpty, text != "true" else { return }
        var current: String?
        // A word without a name belongs to the value before: `ld-top_right`, `sp-iw_div_2`.
        for word in text.split(separator: "_", omittingEmptySubsequences: false) {
            let pieces = word.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            if pieces.count == 2, names.contains(String(pieces[0])) {
                current = String(pieces[0])
                values[String(pieces[0])] = String(pieces[1])
            } else {
                guard let current else { return nil }
                values[current, default: ""] += "_" + word
            }
        }
    }

    /// What `read` makes of the argument, or `standard` where it is not named; nil where `read` refuses it.
    func value<Value>(_ name: String, or standard: Value, _ read: (Substring.UTF8View) -> Value?) -> Value? {
        guard let text = values[name] else { return standard }
        return read(Substring(text).utf8)
    }
}

extension Number {
    /// The number, if it lies within `range`; `N` in front for a negative one.
    init?(_ text: Substring.UTF8View, in range: ClosedRange<Int>) {
        guard let number = Number(signed: text), number >= Number(range.lowerBound), number <= Number(range.upperBound)
        else { return nil }
        self = number
    }
}
