import Configuration

/// What strangers know of secrets, or may find out: a line each, in which no secret is shown.
extension Configuration {
    func keyDoubts(of account: Account) -> [String] {
        var doubts: [String] = []
        let (place, keys) = ("account \(account.id)", account.privateKeys)
        if keys.contains(where: \.isShort) {
            doubts.append("\(place): a private key shorter than \(Secret.leastBytes) bytes can be guessed")
        }
        if keys.contains(where: { $0.value == Self.sampleKey }) {
            doubts.append("\(place): its private key is that of the sample, which everybody knows")
        }
        if keys.contains(where: \.lacksBraces) {
            doubts.append("\(place): a private key begins with $; an environment variable is ${NAME}, with braces")
        }
        return doubts
    }

    var regionSecretDoubts: [String] {
        var doubts: [String] = []
        if regionSecrets.contains(where: \.isShort) {
            doubts.append("regionSecret: shorter than \(Secret.leastBytes) bytes, which can be guessed")
        }
        if regionSecrets.contains(where: { $0.value == Self.sampleSecret }) {
            doubts.append("regionSecret: it is that of the sample, which everybody knows")
        }
        if regionSecrets.contains(where: \.lacksBraces) {
            doubts.append("regionSecret: it begins with $; an environment variable is ${NAME}, with braces")
        }
        return doubts
    }

    /// What deploy/apus.yaml has.
    private static let sampleKey = "private_demo_change_me"

    /// What README.md has.
    private static let sampleSecret = "change-me-this-is-known-to-everybody"
}

extension Secret {
    /// Shorter ones can be guessed by who has heard one request.
    fileprivate static let leastBytes = 16

    fileprivate var isShort: Bool { value.utf8.count < Self.leastBytes }

    /// Whether it is the name of a variable, as a shell would have it.
    fileprivate var lacksBraces: Bool { value.utf8.first == UInt8(ascii: "$") }
}
