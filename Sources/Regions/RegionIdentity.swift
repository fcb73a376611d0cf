/// What this region tells others of itself.
package struct RegionIdentity: Sendable, Hashable {
    /// Its name.
    package var region: String
    /// Versions of its configuration and of what makes variants.
    package var configuration: String
    package var engine: String
    /// `Entry.formatVersion`.
    package var form: UInt8
    /// Ids of all accounts: what is purged where rules are lost.
    package var accounts: [String]

    package init(region: String, configuration: String, engine: String, form: UInt8, accounts: [String]) {
        self.region = region
        self.configuration = configuration
        self.engine = engine
        self.form = form
        self.accounts = accounts
    }
}
