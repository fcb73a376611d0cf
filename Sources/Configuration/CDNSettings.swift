/// A cache of others in front of a URL endpoint, which a purge has to reach, too.
package enum CDNSettings: Sendable, Equatable {
    /// Amazon CloudFront: the id of a distribution, and a server other than Amazon's own.
    case cloudFront(distribution: String, keys: AccessKeys, endpoint: WebURL?)
    /// Whatever takes an HTTP request.
    case http(HTTPPurge)
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
                keys: AccessKeys(from: section, type: kind.rawValue),
                endpoint: section.value("endpoint", .baseURL))
        case .http: self = .http(HTTPPurge(from: section, type: kind.rawValue))
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
