/// A setting of which no origin can be made, by the name it has in the configuration.
package enum OriginSettingsError: String, Error, Equatable, Sendable {
    case accountName, baseUrl, bucket, clientEmail, container, endpoint, privateKey, sasToken

    /// What it has to be, for the owner.
    package var expected: String {
        switch self {
        case .accountName: "a storage account: letters, digits and hyphens, at most 63"
        case .baseUrl, .endpoint: "an http or https URL without query"
        case .bucket: "a bucket's name: letters, digits, dots, hyphens and underscores"
        case .clientEmail: "the e-mail address of a service account"
        case .container: "a container's name: letters, digits and hyphens, or $root or $web"
        case .privateKey: "an RSA key of at least 2048 bits in PEM form, not encrypted"
        case .sasToken: "a shared access signature: a query that begins with ?, percent-encoded"
        }
    }
}

extension OriginSettingsError: CustomStringConvertible {
    package var description: String { "\(rawValue): expected \(expected)" }
}
