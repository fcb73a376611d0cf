import Configuration
import TextEncodings

/// Which accounts a private key opens. Several accounts may have the same.
struct AccountKeys: Sendable {
    private let keys: [(key: [UInt8], account: String)]

    init(_ accounts: [Account]) {
        keys = accounts.flatMap { account in
            account.privateKeys.map { (key: [UInt8]($0.value.utf8), account: account.id) }
        }
    }

    /// The accounts' ids; never none.
    ///
    /// - Parameter authorization: `Basic` with the private key as user and any password, in Base64 (RFC 7617 §2), or with
    ///   the key as it is (platform reference §8.0).
    func accounts(authorization: String?) throws(ManagementError) -> Set<String> {
        let given = Self.keys(in: authorization ?? "")
        guard !given.isEmpty else { throw .noKey }
        var found: Set<String> = []
        // Every key is looked at, so that the time says nothing about where a match is.
        for (key, account) in keys {
            for one in given where Self.areEqual(one, key) { found.insert(account) }
        }
        guard !found.isEmpty else { throw .wrongKey }
        return found
    }

    /// What may be meant as the key: a raw key can look like Base64.
    private static func keys(in authorization: String) -> [[UInt8]] {
        let words = authorization.split(separator: " ", maxSplits: 1)
        guard let scheme = words.first, scheme.lowercased() == "basic", words.count == 2 else { return [] }
        let raw = words[1].drop { $0 == " " }
        guard let decoded = Base64.decoded(raw) else { return [[UInt8](raw.utf8)] }
        let user = [UInt8](decoded.prefix { $0 != UInt8(ascii: ":") })
        // Nobody's name and any password: as if there were no key.
        return user.isEmpty ? [] : [user, [UInt8](raw.utf8)]
    }

    /// Takes the same time wherever the two differ; their lengths are no secret.
    @inline(never)
    private static func areEqual(_ given: [UInt8], _ key: [UInt8]) -> Bool {
        guard given.count == key.count else { return false }
        var difference: UInt8 = 0
        for index in key.indices { difference |= given[index] ^ key[index] }
        return difference == 0
    }
}
