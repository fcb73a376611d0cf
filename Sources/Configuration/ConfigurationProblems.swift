package import Transformation

/// Everything that is wrong with a configuration, in the order of reading.
package struct ConfigurationProblems: Error, Equatable, CustomStringConvertible {
    /// Never empty.
    package let problems: [ConfigurationProblem]

    package init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// One line for each problem.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

/// One thing that is wrong. Neither it nor its description ever holds a secret or what `${…}` stood for.
package struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    /// Where: `accounts[0].origins[1].bucket`; the file's own name where it cannot be read at all; an option's name.
    package let path: String
    /// What.
    package let reason: Reason

    package init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// What can be wrong.
    package enum Reason: Error, Equatable, Sendable {
        // Of the file as a whole.
        case unreadable(errno: Int32)
        case notAFile
        case fileTooLarge(limit: Int)
        case notUTF8
        case notYAML(problem: String, line: Int, column: Int)
        case duplicateKeys([String], line: Int)
        case aliases(line: Int?)

        // Of one place in it.
        case required(because: String?)
        case noValue
        case unknownKey(known: [String])
        case notPlainKeys
        case wrong(expected: String, found: String?)
        case duplicate(first: String)
        case reserved(String)
        case unknown(what: String, found: String, known: [String])
        case tooMany(limit: Int)
        /// A stored transformation that the URL language does not have.
        case transformation(TransformationError)

        // Of what travels in plain text.
        case notPrivate
        case noTLS

        // Of what strangers may do.
        case exposed(Exposure)

        // Of `${…}`.
        case placeholder
        case missingVariable(String)
        case unreadableSecret(file: String, reason: String)
        case notText
    }

    /// One line: `accounts[0].origins[1].bucket: required for type S3`.
    package var description: String { "\(path): \(reason)" }
}

extension ConfigurationProblem.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let errno): "cannot be read: \(errorText(errno))"
        case .notAFile: "is not a file"
        case .fileTooLarge(let limit): "is larger than \(limit) bytes"
        case .notUTF8: "is not UTF-8"
        case .notYAML(let problem, let line, let column): "line \(line), column \(column): \(problem)"
        case .duplicateKeys(let keys, let line):
            "line \(line): given more than once: \(keys.map(clipped).joined(separator: ", "))"
        case .aliases(let line?): "line \(line): anchors and aliases (& and *) cannot be used here; quote the text"
        case .aliases(nil): "anchors and aliases (& and *) cannot be used here; quote words that begin with *"
        case .required(let because): because.map { "required \($0)" } ?? "required"
        case .noValue: "has no value"
        case .unknownKey(let known): "unknown key" + (known.isEmpty ? "" : "; known here: " + listed(known))
        case .notPlainKeys: "its keys have to be plain words"
        case .wrong(let expected, let found):
            "has to be \(expected)" + (found.map { ", not \(clipped($0).debugDescription)" } ?? "")
        case .duplicate(let first): "is the same as \(first)"
        case .reserved(let name): "\(name) is reserved"
        case .unknown(let what, let found, let known):
            "\(clipped(found).debugDescription) is no \(what)" + (known.isEmpty ? "" : "; there is " + listed(known))
        case .transformation(let error): "\(error)"
        case .tooMany(let limit): "more than \(limit)"
        case .notPrivate: "FastCGI and Redis travel in plain text: private addresses only"
        case .noTLS: "Debian's hiredis has no TLS, so that rediss:// cannot be used: redis:// at private addresses only"
        case .exposed(let exposure): "\(exposure)"
        case .placeholder: "${…} has to be ${NAME} or ${file:PATH}; $${ stands for ${"
        case .missingVariable(let name): "${\(name)}: no such environment variable"
        case .unreadableSecret(let file, let reason): "${file:\(file)}: \(reason)"
        case .notText: "holds a control character"
        }
    }
}

/// Long lists of names would bury the message.
private let namesListed = 30

private func listed(_ names: [String]) -> String {
    names.prefix(namesListed).map(clipped).joined(separator: ", ") + (names.count > namesListed ? ", …" : "")
}

/// As much of a text of the file as belongs into a message.
func clipped(_ text: String) -> String {
    let limit = 60
    return text.unicodeScalars.count > limit
        ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…" : text
}
