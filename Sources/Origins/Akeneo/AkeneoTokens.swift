import Deadlines
import JSONReading
import TextEncodings
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
            do throws(OriginError) {
                return try ask(fields, keeping: refreshToken, until: deadline)
            } catch {
                // One that is refused has had its time: the password is shown again.
                guard case .forbidden = error else { throw error }
            }
        }
        let fields = [
            ("grant_type", "password"), ("username", credentials.username), ("password", credentials.password),
        ]
        return try ask(fields, until: deadline)
    }

    /// `old` goes on to hold where no other refresh token comes.
    private func ask(
        _ fields: [(name: String, value: String)], keeping old: Hidden<String>? = nil, until deadline: Deadline
    ) throws(OriginError) -> Renewable<AccessToken, OriginError>.Fresh {
        let client = Base64.encoded(Array("\(credentials.clientID):\(credentials.clientSecret)".utf8))
        let question = TokenService.Question(
            contentType: "application/json", body: JSON.text(fields),
            authorization: HeaderField("Authorization", "Basic \(client)"))
        switch try service.ask(question, until: deadline) {
        case .token(let token, let goodUntil):
            return (AccessToken(text: token.text, refreshToken: token.refreshToken ?? old), goodUntil)
        case .refused(let reason): throw .forbidden(reason: reason, by: .tokenService)
        case .missing: throw .unidentified(.noToken)
        }
    }
}
