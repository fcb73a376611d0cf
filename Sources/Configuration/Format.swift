/// How one kind of single value is written in the file.
struct Format<Value> {
    /// What it has to be, to follow "has to be".
    let expected: String
    /// Stands in for a value that was reported as missing or bad, so that reading can go on; never handed out.
    let blank: Value
    let parse: (Scalar) throws(ConfigurationProblem.Reason) -> Value

    init(
        expected: String, blank: Value,
        parse: @escaping (Scalar) throws(ConfigurationProblem.Reason) -> Value
    ) {
        self.expected = expected
        self.blank = blank
        self.parse = parse
    }

    /// - Parameters:
    ///   - isSecret: The text may hold a secret and is left out of messages.
    ///   - convert: `nil` when the text is not as expected.
    init(expected: String, blank: Value, isSecret: Bool = false, convert: @escaping (String) -> Value?) {
        self.init(expected: expected, blank: blank) { scalar throws(ConfigurationProblem.Reason) in
            guard let value = convert(scalar.text) else {
                throw .wrong(expected: expected, found: isSecret ? nil : scalar.raw)
            }
            return value
        }
    }
}

extension Format where Value == String {
    /// The same, once in a scope only.
    func unique(in scope: String) -> Format {
        Format(expected: expected, blank: blank) { scalar throws(ConfigurationProblem.Reason) in
            let value = try parse(scalar)
            try scalar.reading.claim(value, in: scope, at: scalar.path)
            return value
        }
    }

    /// A name that something else in the file has to have.
    static func member(of known: Set<String>, what: String) -> Format {
        let article = what.first.map("aeiou".contains) == true ? "an" : "a"
        return Format(expected: "the name of \(article) \(what)", blank: "") {
            scalar throws(ConfigurationProblem.Reason) in
            guard known.contains(scalar.text) else {
                throw .unknown(what: what, found: scalar.raw, known: known.sorted())
            }
            return scalar.text
        }
    }
}

extension Format {
    /// One of the names that an enumeration has.
    static func choice<Choice: CaseIterable & RawRepresentable<String>>() -> Format where Value == Choice? {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return Format(expected: "one of \(names)", blank: nil) { Choice(rawValue: $0).map(Optional.some) }
    }
}

extension Format<Bool> {
    static var boolean: Format {
        Format(expected: "true or false", blank: false) { $0 == "true" ? true : $0 == "false" ? false : nil }
    }
}
