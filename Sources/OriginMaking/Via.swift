package import Configuration
import Digests

extension Configuration {
    /// What this installation calls itself in `Via` (RFC 9110 §7.6.3): another one in front of it or behind it is no loop.
    package var via: String {
        var builder = DigestBuilder("installation")
        builder.add([region] + accounts.flatMap { account in [account.id] + account.origins.map { $0.kind.place } })
        return "1.1 apus-" + builder.finish().hex.prefix(8)
    }
}
