import Configuration
import Transformation

/// Reads a configuration and checks what its own reader cannot know: the language of stored transformations.
enum ConfigurationFile {
    static func load(_ file: String, overrides: Configuration.Overrides = .init()) throws(ConfigurationFaults)
        -> Configuration
    {
        let configuration: Configuration
        do {
            configuration = try Configuration.load(
                file: file, environment: environmentVariables(), overrides: overrides)
        } catch {
            throw ConfigurationFaults(description: error.description)
        }
        let faults = configuration.accounts.enumerated().flatMap { index, account in
            account.faultsOfNamedTransformations.map { "accounts[\(index)].namedTransformations.\($0)" }
        }
        guard faults.isEmpty else { throw ConfigurationFaults(description: faults.joined(separator: "\n")) }
        return configuration
    }
}

/// Everything that is wrong with a configuration file, a line each.
struct ConfigurationFaults: Error, CustomStringConvertible {
    let description: String
}

extension Account {
    fileprivate var faultsOfNamedTransformations: [String] {
        namedTransformations.sorted { $0.key < $1.key }.compactMap { name, text in
            do {
                try Transformation.validate(named: text)
                return nil
            } catch {
                return "\(name): \(error)"
            }
        }
    }
}
