import JSONReading
import Transfer

/// What a token service hands out (RFC 6749 §5.1).
struct AccessToken: Equatable, Sendable {
    /// `nil`: there is no token service, and objects are asked for without a token.
    let text: Hidden<String>?
    /// What can be exchanged for the next one.
    let refreshToken: Hidden<String>?

    static let none = AccessToken(text: nil, refreshToken: nil)

    /// As it goes with a request (RFC 6750 §2.1).
    var header: HeaderField? {
        text.map { HeaderField("Authorization", "Bearer \($0.value)") }
    }
}

extension AccessToken {
    /// The longest token that is sent on, in bytes.
    private static let longest = 16_384
    /// What a token lives that does not say it, and the most that is believed; in seconds.
    private static let usualLife = 300
    private static let longestLife = 86_400 * 365

    /// The token that a service's answer holds, and for how many seconds it is good; `nil` if it is none.
    static func read(_ answer: [UInt8]) -> (token: AccessToken, seconds: Int64)? {
        guard case .object(let fields)? = JSON(answer), let text = token(fields["access_token"]) else { return nil }
        // RFC 6749 §7.1: a token of a kind that is not known must not be used.
        if case .string(let kind)? = fields["token_type"], kind.lowercased() != "bearer" { return nil }
        let token = AccessToken(text: Hidden(text), refreshToken: token(fields["refresh_token"]).map { Hidden($0) })
        return (token, seconds(fields["expires_in"]))
    }

    /// A text that can stand in a header.
    private static func token(_ value: JSON?) -> String? {
        guard case .string(let text)? = value, (1...longest).contains(text.utf8.count) else { return nil }
        return text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }

    /// Some services write the number as a text.
    private static func seconds(_ value: JSON?) -> Int64 {
        let number: Double? =
            switch value {
            case .number(let text), .string(let text): Double(text)
            default: nil
            }
        guard let number, number.isFinite else { return Int64(usualLife) }
        return Int64(max(0, min(number, Double(longestLife))))
    }
}
