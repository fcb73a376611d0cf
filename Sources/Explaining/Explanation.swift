/// Everything that can be said of a delivery URL without carrying it out. What is `nil` is not known, because the URL
/// could not be read so far or because nobody has looked.
///
/// Nothing in it opens anything to its reader: no key, no credential of an origin, no signature.
package struct Explanation: Sendable {
    /// Why a request for the URL would be refused.
    package struct Refusal: Sendable, Equatable {
        package var status: Int
        /// The code and the text of `ik-error`.
        package var code: String
        package var message: String

        package init(status: Int, code: String, message: String) {
            (self.status, self.code, self.message) = (status, code, message)
        }
    }

    /// Whose the URL is.
    package struct Place: Sendable {
        package var account: String
        package var urlPrefix: String
        /// The custom host by which it was found.
        package var host: String?
        /// In the order of asking.
        package var origins: [(id: String, type: String)]
        /// What the URL endpoint says of its requests, by the names of its settings.
        package var settings: [(name: String, value: String)]

        package init(
            account: String, urlPrefix: String, host: String?, origins: [(id: String, type: String)],
            settings: [(name: String, value: String)]
        ) {
            (self.account, self.urlPrefix, self.host) = (account, urlPrefix, host)
            (self.origins, self.settings) = (origins, settings)
        }
    }

    /// Which region fetches and transforms.
    package struct Home: Sendable, Equatable {
        /// What becomes of a request while the home region is away.
        package enum WhileAway: String, Sendable {
            case madeHere = "made here"
            /// A folder that is an origin is missing here, or the bytes may be nowhere else.
            case refused
        }

        package var region: String
        /// Whether that is the region for which this is explained.
        package var isHere: Bool
        /// Whether the bytes may be in that region only (`residency: home`).
        package var keepsResidency: Bool
        package var whileAway: WhileAway?
        /// Whether it would be asked now; `nil` where nobody knows how it is.
        package var isUsable: Bool?

        /// - Parameter whileAway: `nil` where it is here.
        package init(region: String, isHere: Bool, keepsResidency: Bool, whileAway: WhileAway?) {
            (self.region, self.isHere) = (region, isHere)
            (self.keepsResidency, self.whileAway) = (keepsResidency, whileAway)
        }
    }

    package struct Signature: Sendable, Equatable {
        package enum State: String, Sendable {
            case absent, valid, invalid, expired
        }

        package var state: State
        /// Whether this URL is answered to signed requests only; `nil` where its transformation cannot be read.
        package var isRequired: Bool?
        /// Unix seconds; `nil` where it never expires.
        package var expiry: Int64?
        /// What signers take for the URL endpoint's address: the beginning of the path.
        package var urlEndpoint: String
        /// What `ik-s` is the HMAC-SHA1 of; `nil` where it holds what must not be shown.
        package var stringToSign: String?

        package init(
            state: State, isRequired: Bool? = nil, expiry: Int64? = nil, urlEndpoint: String, stringToSign: String?
        ) {
            (self.state, self.isRequired, self.expiry) = (state, isRequired, expiry)
            (self.urlEndpoint, self.stringToSign) = (urlEndpoint, stringToSign)
        }
    }

    /// As it may be shown.
    package var url: String
    /// Why it is refused whatever its original is.
    package var urlRefusal: Refusal?
    /// Why it is refused for its original, as far as that is known.
    package var originalRefusal: Refusal?
    package var place: Place?
    package var home: Home?
    /// The object's path below the URL endpoint, percent-encoded.
    package var object: String?
    /// What of the query is the original's: forwarded to web origins.
    package var originQuery: String?
    /// What of the query does nothing, because the URL endpoint does not name it.
    package var ignoredQuery: String?
    package var signature: Signature?
    package var transformation: ExplainedTransformation?
    /// `nil` where the URL endpoint has no ladder, or the transformation cannot be carried out with a signature either.
    package var ladder: LadderEffect?
    /// Whether `ik-thumbnail.jpg` asks for a still.
    package var isThumbnail = false
    package var format: ExplainedFormat?
    /// What layers show, in words.
    package var inputs: [String] = []
    /// The request headers that the answer depends on.
    package var varies: [String] = []
    /// By their names in the configuration, in the order of telling; `nil` is without limit.
    package var limits: [(name: String, value: Int?)] = []
    /// The name of the answer in every tier.
    package var key: String?
    /// What each tier has under that name, and of the original; `nil` where nobody has looked.
    package var tiers: Fact?
    /// What is known of the original.
    package var original: Fact?
    package var sizes: PlanSizes?

    package init(url: String) {
        self.url = url
    }

    package var refusal: Refusal? { urlRefusal ?? originalRefusal }
}
