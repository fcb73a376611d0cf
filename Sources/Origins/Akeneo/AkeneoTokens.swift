import Deadlines
import Digests
import JSONReading
import Transfer

/// Access tokens to one Akeneo, had for a user's name and password, and after that for the refresh token that came with
/// the last one (Akeneo's REST API, "Authentication"; RFC 6749 §4.3, §6).
struct AkeneoTokens: Sendable {
    private let service: TokenService
    private let credentials: AkeneoCredentials

    init(_ credentials: AkeneoCredentials, service: TokenService) {
        self.credentials = credentials
        self.service = service
    }

    func make(
        after previous: AccessToken?, until deadline: Deadline
    ) throws(OriginError) -> Renewable<AccessToken, OriginError>.Fresh {
        if let refreshToken = previous?.refreshToken {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", refreshToken.value)]
            // One that is refused has had its time: the password is shown again.
            if let fresh = try ask(fields, keeping: refreshToken, until: deadline) { return fresh }
        }
        let fields = [
            ("grant_type", "password"), ("username", credentials.username), ("password", credentials.password),
        ]
        guard let fresh = try ask(fields, until: deadline) else { throw .forbidden }
        return fresh
    }

    /// `nil`: refused. `old` goes on to hold where no other refresh token comes.
    private func ask(
        _ fields: [(name: String, value: String)], keeping old: Hidden<String>? = nil, until deadline: Deadline
    ) throws(OriginError) -> Renewable<AccessToken, OriginError>.Fresh? {
        let client = Base64.encoded(Array("\(credentials.clientID):\(credentials.clientSecret)".utf8))
        let question = TokenService.Question(
            contentType: "application/json", body: JSON.text(fields),
            authorization: HeaderField("Authorization", "Basic \(client)"))
        switch try service.ask(question, until: deadline) {
        case .token(let token, let goodUntil):
            return (AccessToken(text: token.text, refreshToken: token.refreshToken ?? old), goodUntil)
        case .refused: return nil
        case .missing: throw .unidentified(.noToken)
        }
    }
}
