import Deadlines
import S3
import Transfer

/// Access tokens to Google's storage, had for a service account's assertions.
struct GoogleTokens: Sendable {
    private static let grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// How long a server without token service is not asked for a token again, in seconds.
    private static let openLife: Int64 = 300

    private let account: ServiceAccount
    private let service: TokenService
    /// Whether the server may have no token service, as emulators have none.
    private let isOptional: Bool

    /// - Parameter endpoint: where objects are asked for; `nil`: Google's own. One outside of `googleapis.com` has its own
    ///   token service, if any, under `/token`.
    ///
    /// Throws `.endpoint`.
    init(
        _ account: ServiceAccount, endpoint: TransferURL?, originID: String, settings: WebSettings,
        now: @escaping @Sendable () -> Int64
    ) throws(OriginSettingsError) {
        self.account = account
        let own = endpoint.flatMap { $0.isGoogles ? nil : $0 }
        isOptional = own != nil
        let url = try TransferURL(own.map { $0.base + "/token" } ?? ServiceAccount.audience, of: .endpoint)
        service = TokenService(url: url, originID: originID, settings: settings, now: now)
    }

    func make(until deadline: Deadline) throws(OriginError) -> Renewable<AccessToken, OriginError>.Fresh {
        let now = service.now()
        let form: String
        do throws(OriginSettingsError) {
            form = "grant_type=\(percentEncoded(Self.grantType))&assertion=\(try account.assertion(at: now))"
        } catch {
            throw .forbidden(by: .tokenService)
        }
        let question = TokenService.Question(
            contentType: "application/x-www-form-urlencoded", body: Array(form.utf8))
        switch try service.ask(question, until: deadline) {
        case .token(let token, let goodUntil): return (token, goodUntil)
        case .refused(let reason): throw .forbidden(reason: reason, by: .tokenService)
        case .missing where isOptional: return (.none, now + Self.openLife)
        case .missing: throw .unidentified(.noToken)
        }
    }
}

extension TransferURL {
    fileprivate var isGoogles: Bool {
        host == "googleapis.com" || host.hasSuffix(".googleapis.com")
    }
}
