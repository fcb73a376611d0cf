package import Configuration
import Origins

extension Configuration {
    /// What is wrong with settings that look right and of which no origin can be made, such as a key that is none.
    package var originProblems: [ConfigurationProblem] {
        let factory = OriginFactory(self, outside: Outside(self, environment: [:]))
        var problems: [ConfigurationProblem] = []
        for (number, account) in accounts.enumerated() {
            for (place, origin) in account.origins.enumerated() {
                do throws(OriginSettingsError) {
                    _ = try factory.make(origin)
                } catch {
                    let path = "accounts[\(number)].origins[\(place)].\(error.rawValue)"
                    let reason = ConfigurationProblem.Reason.wrong(expected: error.expected, found: nil)
                    problems.append(ConfigurationProblem(path: path, reason: reason))
                }
            }
        }
        return problems
    }
}
