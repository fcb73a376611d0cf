internal import CryptoExtras
import JSONReading
import TextEncodings

/// A service account of Google and its key: what makes the assertions that are exchanged for access tokens
/// (RFC 7523; Google, "Using OAuth 2.0 for server to server applications").
struct ServiceAccount: Sendable {
    /// Who the assertions are for: Google's own token server, whatever server they are shown to.
    static let audience = "https://oauth2.googleapis.com/token"
    private static let scope = "https://www.googleapis.com/auth/devstorage.read_only"
    /// How long an assertion is good, in seconds: the most that Google takes.
    private static let life: Int64 = 3600

    private let email: String
    private let key: _RSA.Signing.PrivateKey

    /// - Parameter privateKey: PEM, of PKCS #8 or PKCS #1; line ends may be written `\n`, as in the JSON file that Google
    ///   hands out.
    ///
    /// Throws `.clientEmail`, `.privateKey`.
    init(email: String, privateKey: String) throws(OriginSettingsError) {
        guard !email.isEmpty else { throw .clientEmail }
        self.email = email
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: Self.unescaped(privateKey))
        } catch {
            throw .privateKey
        }
    }

    /// A JSON web token signed with RS256 (RFC 7515). Throws `.privateKey` if the key cannot sign after all.
    func assertion(at unixSeconds: Int64) throws(OriginSettingsError) -> String {
        let texts = JSON.text([("iss", email), ("scope", Self.scope), ("aud", Self.audience)])
        let times = ",\"iat\":\(unixSeconds),\"exp\":\(unixSeconds + Self.life)}"
        let header = JSON.text([("alg", "RS256"), ("typ", "JWT")])
        let signed = [header, texts.dropLast() + Array(times.utf8)].map { Base64.encoded($0, .urlSafe) }
            .joined(separator: ".")
        do {
            let signature = try key.signature(for: Array(signed.utf8), padding: .insecurePKCS1v1_5)
            return signed + "." + Base64.encoded(Array(signature.rawRepresentation), .urlSafe)
        } catch {
            throw .privateKey
        }
    }

    /// The text with line ends in place of the two letters that JSON writes for them.
    private static func unescaped(_ pem: String) -> String {
        var text: [UInt8] = []
        var bytes = Array(pem.utf8)[...]
        while let byte = bytes.popFirst() {
            switch (byte, bytes.first) {
            case (UInt8(ascii: "\\"), UInt8(ascii: "n")):
                text.append(UInt8(ascii: "\n"))
                bytes.removeFirst()
            case (UInt8(ascii: "\\"), UInt8(ascii: "r")): bytes.removeFirst()
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
