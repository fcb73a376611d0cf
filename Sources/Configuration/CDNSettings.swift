/// A cache of others in front of a URL endpoint, which a purge has to reach, too.
package enum CDNSettings: Sendable, Equatable {
    /// Amazon CloudFront: the id of a distribution, and a server other than Amazon's own.
    case cloudFront(distribution: String, credentials: Credentials, endpoint: WebURL?)
    /// Whatever takes an HTTP request.
    case http(HTTPPurge)

    /// As a bucket has them.
    package struct Credentials: Sendable, Equatable {
        /// Empty where `useIAMRole`.
        package let accessKey: Secret
        /// Empty where `useIAMRole`.
        package let secretKey: Secret
        /// Credentials come from the machine's role.
        package let useIAMRole: Bool
    }
}

extension CDNSettings {
    private enum Kind: String, CaseIterable {
        case cloudFront = "CLOUDFRONT"
        case http = "HTTP"
    }

    static func reading(_ section: Section) -> Self? {
        section.section("cdn") { Self(from: $0) } ?? nil
    }

    private init?(from section: Section) {
        guard let kind: Kind = section.choice("type", isRequired: true) else {
            section.ignoreRest()
            return nil
        }
        switch kind {
        case .cloudFront:
            self = .cloudFront(
                distribution: section.required("distributionId", .distributionID, for: kind.rawValue),
                credentials: Credentials(from: section, type: kind.rawValue),
                endpoint: section.value("endpoint", .baseURL))
        case .http: self = .http(HTTPPurge(from: section, type: kind.rawValue))
        }
    }
}

extension CDNSettings.Credentials {
    fileprivate init(from section: Section, type: String) {
        useIAMRole = section.value("useIAMRole", .boolean) ?? false
        if useIAMRole {
            accessKey = section.value("accessKey", .emptySecret) ?? Secret("")
            secretKey = section.value("secretKey", .emptySecret) ?? Secret("")
        } else {
            accessKey = section.required("accessKey", .secret(max: 100), for: type)
            secretKey = section.required("secretKey", .secret(max: 100), for: type)
        }
    }
}

extension Format<String> {
    /// As Amazon gives them out.
    fileprivate static var distributionID: Format {
        Format(expected: "1 to 100 letters and digits", blank: "") { text in
            (1...100).contains(text.utf8.count) && text.utf8.allSatisfy(isAlphanumeric) ? text : nil
        }
    }
}
