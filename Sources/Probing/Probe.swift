package import Configuration
import Deadlines
import OriginMaking
import Origins
import Processes

/// Fetches an object of every configured origin, each over connections of its own: what delivery does once, without
/// the second tries and the guard around it.
package struct Probe: Sendable {
    private let configuration: Configuration
    private let environment: [String: String]

    /// How many origins are asked at a time.
    private static let threads = 8

    /// - Parameter environment: of the process; says where a role's credentials come from.
    package init(_ configuration: Configuration, environment: [String: String]) {
        self.configuration = configuration
        self.environment = environment
    }

    /// One finding for each object of each origin, in the order of the file; each takes twice `timeouts.total` at most.
    ///
    /// - Parameter objects: an origin that none of them is for is asked for one that it has.
    package func run(_ objects: [ObjectChoice] = []) -> [Finding] {
        let questions = configuration.accounts.flatMap { account in
            account.origins.flatMap { Self.questions($0, of: account.id, objects) }
        }
        let findings = Monitor(Progress(questions.count))
        let work: @Sendable () -> Void = {
            while let index = findings.withLock({ $0.next() }) {
                let finding = ask(questions[index])
                findings.withLock { $0.findings[index] = finding }
            }
        }
        let helpers = (1..<max(1, min(Self.threads, questions.count))).compactMap { _ in
            try? WorkThread(named: "probe", work)
        }
        work()
        for helper in helpers { helper.join() }
        return findings.withLock { $0.findings.compactMap(\.self) }
    }

    private struct Progress {
        var findings: [Finding?]
        private var begun = 0

        init(_ count: Int) {
            findings = Array(repeating: nil, count: count)
        }

        mutating func next() -> Int? {
            guard begun < findings.count else { return nil }
            defer { begun += 1 }
            return begun
        }
    }

    private struct Question: Sendable {
        let account: String
        let settings: OriginSettings
        /// `nil`: any.
        let object: ObjectChoice?
    }

    private static func questions(_ settings: OriginSettings, of account: String, _ objects: [ObjectChoice])
        -> [Question]
    {
        let named = objects.filter { $0.isFor(settings, of: account) }
        let choices: [ObjectChoice?] = named.isEmpty ? [nil] : named
        return choices.map { Question(account: account, settings: settings, object: $0) }
    }

    private func ask(_ question: Question) -> Finding {
        if let home = configuration.onlyHome(of: question.settings.id, in: question.account) {
            return Finding(
                account: question.account, settings: question.settings, outcome: .forbidden(home: home),
                trail: Trail(), duration: .zero)
        }
        let trail = Monitor(Trail())
        let outside = Outside(configuration, environment: environment) { event in
            trail.withLock { $0.add(event) }
        }
        let start = Deadline.now
        let outcome: Finding.Outcome
        do throws(OriginSettingsError) {
            let origin = try OriginFactory(configuration, outside: outside).make(question.settings)
            let interview = Interview(
                origin: origin, settings: question.settings, time: configuration.timeouts.total,
                maximumBytes: configuration.limits.sourceBytes)
            outcome = interview.outcome(question.object)
        } catch {
            outcome = .failed(Finding.Failure(cause: .settings(error), step: .making))
        }
        return Finding(
            account: question.account, settings: question.settings, outcome: outcome,
            trail: trail.withLock { $0 }, duration: start.elapsed)
    }
}

extension Configuration {
    /// The home of a URL endpoint whose bytes may be nowhere else, where that is not this region and it has this origin.
    fileprivate func onlyHome(of origin: String, in accountID: String) -> String? {
        guard let account = accounts.first(where: { $0.id == accountID }) else { return nil }
        return account.urlEndpoints.lazy
            .filter { $0.residency == .home && $0.origins.contains(origin) }
            .map { self.home(of: $0, in: account) }
            .first { $0 != region }
    }
}
