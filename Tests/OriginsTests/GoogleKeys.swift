import Crypto
import CryptoExtras

/// Keys of service accounts, made anew for each run.
enum GoogleKeys {
    private static let made = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static var key: _RSA.Signing.PrivateKey { get throws { try made.get() } }
    static var pem: String { get throws { try key.pkcs8PEMRepresentation } }

    /// The forms in which the key is read.
    enum Form: CaseIterable {
        case pkcs8, pkcs1, withoutLastLineEnd, windowsLineEnds, escaped, escapedForWindows

        func text() throws -> String {
            let pem = try GoogleKeys.pem
            let lines = pem.split(separator: "\n")
            switch self {
            case .pkcs8: return pem
            case .pkcs1: return try key.pemRepresentation
            case .withoutLastLineEnd: return lines.joined(separator: "\n")
            case .windowsLineEnds: return lines.joined(separator: "\r\n") + "\r\n"
            case .escaped: return lines.joined(separator: "\\n") + "\\n"
            case .escapedForWindows: return lines.joined(separator: "\\r\\n") + "\\r\\n"
            }
        }
    }

    /// What is no such key.
    enum Bad: CaseIterable {
        case empty, garbage, emptyFrame, cut, damaged, publicKey, tooShort, ellipticCurve, encrypted

        func text() throws -> String {
            let pem = try GoogleKeys.pem
            switch self {
            case .empty: return ""
            case .garbage: return "key"
            case .emptyFrame: return "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"
            case .cut: return String(pem.prefix(pem.count / 2))
            case .damaged: return pem.replacing("MII", with: "XII", maxReplacements: 1)
            case .publicKey: return try key.publicKey.pemRepresentation
            case .tooShort:
                return try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).pkcs8PEMRepresentation
            case .ellipticCurve: return P256.Signing.PrivateKey().pemRepresentation
            case .encrypted: return pem.replacing("PRIVATE KEY", with: "ENCRYPTED PRIVATE KEY")
            }
        }
    }
}
