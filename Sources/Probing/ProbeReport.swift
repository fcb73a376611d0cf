package import Configuration
import Deadlines
import HTTPRules
import Origins
import Transfer

/// Findings as lines for a terminal: one for each, aligned, with what else there is to say below it.
package struct ProbeReport: CustomStringConvertible {
    package let description: String

    /// - Parameter timeouts: those that the probe has kept to.
    package init(_ findings: [Finding], timeouts: Configuration.Timeouts) {
        let names = findings.map { "\($0.account)/\($0.settings.id) (\($0.settings.kindName.rawValue))" }
        let width = names.map(\.count).max() ?? 0
        description = zip(names, findings).map { name, finding in
            let padding = String(repeating: " ", count: width - name.count)
            let verdict = finding.hasFailed ? "FAILED" : finding.hasBeenAsked ? "ok    " : "-     "
            let (facts, details) = finding.lines(timeouts: timeouts)
            let below = details.map { "    \($0)\n" }.joined()
            return "\(name)\(padding)  \(verdict)  \(facts)\n\(below)"
        }.joined()
    }
}

extension Finding {
    fileprivate func lines(timeouts: Configuration.Timeouts) -> (facts: String, details: [String]) {
        switch outcome {
        case .fetched(let fetched): (facts(of: fetched), details(of: fetched))
        case .reachable(let reason): (reason.facts + ", \(milliseconds) ms", reason.details)
        case .notAsked: ("not asked: name a URL with --object \(settings.id)=URL", [])
        case .forbidden(let home):
            ("not asked: residency is home, and its bytes may be in \(home) only; probe it there", [])
        case .failed:
            Diagnosis(self, timeouts: timeouts).map { diagnosis in
                (
                    "\(diagnosis.part.rawValue): \(diagnosis.sentence)",
                    trail.servers.compactMap(\.lookUp) + [diagnosis.hint].compactMap(\.self)
                )
            } ?? ("", [])
        }
    }

    fileprivate var hasBeenAsked: Bool {
        switch outcome {
        case .notAsked, .forbidden: false
        case .fetched, .reachable, .failed: true
        }
    }

    private var milliseconds: Int64 { duration.wholeMilliseconds }

    private func facts(of fetched: Fetched) -> String {
        let size = fetched.isWhole ? "\(fetched.count) bytes" : "the first \(fetched.count) bytes"
        let whole = fetched.isWhole ? nil : fetched.length.map { "of \($0)" }
        return ["\(fetched.path): \(size)", whole].compactMap(\.self).joined(separator: " ")
            + ", \(milliseconds) ms"
    }

    private func details(of fetched: Fetched) -> [String] {
        let metadata = fetched.metadata
        let facts = [
            metadata.contentType.map { printable($0) }, metadata.validators.entityTag.map { "ETag \(printable($0))" },
            metadata.validators.lastModified.map { "modified \(HTTPDate(unixSeconds: $0))" },
            metadata.isPrivate ? "private" : nil, trail.servers.last?.version?.rawValue,
        ]
        let line = facts.compactMap(\.self).joined(separator: ", ")
        return (line.isEmpty ? [] : [line]) + notes(on: fetched)
    }

    private func notes(on fetched: Fetched) -> [String] {
        var notes: [String] = []
        if fetched.isSurprise { notes.append("nothing should have that name: does it give the same for every path?") }
        if !fetched.isWhole { notes.append("it is longer than limits.sourceBytes: no picture can be made of it") }
        if fetched.isWhole, fetched.count == 0 { notes.append("it is empty") }
        return notes
    }
}

extension Finding.NothingToFetch {
    fileprivate var facts: String {
        switch self {
        case .isEmpty: "reachable, with nothing in it that a path could name"
        case .noListing: "reachable"
        case .notListed: "reachable, and does not list what it has"
        }
    }

    fileprivate var details: [String] {
        switch self {
        case .isEmpty: []
        case .noListing, .notListed: ["name an object with --object to fetch one"]
        }
    }
}

/// What a server has said, without what a terminal would obey.
private func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
}
