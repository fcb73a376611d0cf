package import Configuration
internal import Crypto
import Digests

/// The secrets that the regions share: what comes from one of them can be told from what does not.
///
/// The first signs, all verify, so that one can be replaced by another without a request that fails. Keys of requests
/// and of answers are derived apart (HKDF, RFC 5869), so that none is ever taken for the other.
package struct RegionKeys: Sendable {
    /// Which of the secrets: the first eight digits of the SHA-256 of the key that signs requests.
    package typealias ID = String

    private struct Pair: Sendable {
        let id: ID
        let request: SymmetricKey
        let answer: SymmetricKey

        init(_ secret: Secret) {
            let material = SymmetricKey(data: Array(secret.value.utf8))
            func derived(_ info: String) -> SymmetricKey {
                HKDF<SHA256>.deriveKey(
                    inputKeyMaterial: material, info: Array(info.utf8), outputByteCount: SHA256.byteCount)
            }
            request = derived("apus region request 1")
            answer = derived("apus region answer 1")
            id = request.withUnsafeBytes { hexadecimal(SHA256.hash(data: $0).prefix(4)) }
        }
    }

    private let first: Pair
    private let all: [Pair]

    /// `nil` where there is no secret.
    package init?(_ secrets: [Secret]) {
        all = secrets.map { Pair($0) }
        guard let first = all.first else { return nil }
        self.first = first
    }

    /// The version of signatures.
    private static let version = "1"

    // MARK: Requests

    /// The value of `x-apus-signature`.
    package func signature(of call: RegionCall, body: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.signed(call, body), using: first.request)
        return "\(Self.version) \(first.id) \(hexadecimal(code))"
    }

    /// The secret that a signature was made with; throws `.signature`.
    package func verify(
        _ signature: String?, of call: RegionCall, body: [UInt8]
    ) throws(RegionRefusal) -> ID {
        let parts = (signature ?? "").split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.version, let code = Self.code(parts[2]) else { throw .signature }
        let message = Self.signed(call, body)
        // Compared in constant time.
        let found = all.first {
            $0.id == parts[1]
                && HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: $0.request)
        }
        guard let found else { throw .signature }
        return found.id
    }

    private static func signed(_ call: RegionCall, _ body: [UInt8]) -> [UInt8] {
        Array("POST\n\(call.path)\n".utf8) + body
    }

    // MARK: Answers

    /// What goes with the head of an answer: with the secret that its request was signed with, which the other side knows
    /// for certain.
    ///
    /// - Returns: `nil` for a secret that is not known here.
    package func proof(of head: [UInt8], to nonce: String, with id: ID) -> String? {
        guard let pair = all.first(where: { $0.id == id }) else { return nil }
        return hexadecimal(HMAC<SHA256>.authenticationCode(for: Self.proven(head, nonce), using: pair.answer))
    }

    /// Whether somebody who knows a secret has answered so to this very request.
    package func isProven(_ head: [UInt8], to nonce: String, by proof: some StringProtocol) -> Bool {
        guard let code = Self.code(proof) else { return false }
        let message = Self.proven(head, nonce)
        return all.contains { HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: $0.answer) }
    }

    private static func proven(_ head: [UInt8], _ nonce: String) -> [UInt8] {
        Array("\(nonce)\n".utf8) + head
    }

    private static func code(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count == 2 * SHA256.byteCount else { return nil }
        return bytes(ofHexadecimal: text.utf8)
    }
}
