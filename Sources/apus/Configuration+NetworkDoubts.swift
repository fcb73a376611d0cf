import Configuration
import HTTPRules

/// What ranges of addresses open to strangers: a line each.
extension Configuration {
    var networkDoubts: [String] {
        network.operations.compactMap(Self.doubt(ofOperations:)) + network.allow.compactMap(Self.doubt(ofAllowed:))
    }

    private static func doubt(ofOperations text: String) -> String? {
        guard let range = IPRange(text), range.isEverything else { return nil }
        return "network.operations: \(text) is everybody, so strangers may read the metrics and what explain tells"
    }

    private static func doubt(ofAllowed text: String) -> String? {
        guard let range = IPRange(text) else { return nil }
        if range.isEverything {
            return "network.allow: \(text) is everything, so that WEB_PROXY origins and redirects reach all that this "
                + "host can reach"
        }
        guard let metadata = IPAddress(metadataAddress), range.contains(metadata) else { return nil }
        return "network.allow: \(text) has \(metadataAddress) in it, where clouds hand out the machine's credentials"
    }

    /// Of the metadata services of Amazon, Google, Azure and others.
    private static let metadataAddress = "169.254.169.254"
}
