import CCurl

/// What is wrong with a secure connection.
package enum TLSFault: Equatable, Sendable {
    /// The server's certificate, or one that it rests on.
    case expired, notYetValid
    /// Signed by itself, and not among those that are trusted.
    case selfSigned
    /// Signed by somebody who is not trusted, or the server does not send the certificates between.
    case unknownAuthority
    /// It is another host's.
    case wrongHost
    /// No protocol, no cipher in common; or the other side speaks something else than TLS.
    case handshake
    /// Our own file of trusted certificates cannot be read.
    case trustFile
    /// The certificate is refused for another reason; OpenSSL's number (`X509_V_ERR_…`).
    case certificate(code: Int)
}

extension TLSFault {
    /// What libcurl's result means, if it is one of TLS.
    ///
    /// - Parameter verification: OpenSSL's word on the certificate, 0 where it has not come to that.
    init?(_ result: CURLcode, verification: Int) {
        switch result {
        case CURLE_SSL_CACERT_BADFILE: self = .trustFile
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self.init(verification: verification)
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER: self = .handshake
        default: return nil
        }
    }

    /// The numbers of `openssl/x509_vfy.h`. libcurl compares the host's name by itself, before it reads the verdict, and
    /// leaves 1 ("unspecified") or 0 where the name is the only fault.
    private init(verification: Int) {
        self =
            switch verification {
            case 0, 1, 62, 64: .wrongHost
            case 9: .notYetValid
            case 10: .expired
            case 18, 19: .selfSigned
            case 2, 20, 21, 27: .unknownAuthority
            default: .certificate(code: verification)
            }
    }
}

extension TLSFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .expired: "the certificate has expired"
        case .notYetValid: "the certificate is not valid yet"
        case .selfSigned: "the certificate is self-signed"
        case .unknownAuthority: "the certificate's authority is not trusted"
        case .wrongHost: "the certificate is for another host"
        case .handshake: "the handshake failed"
        case .trustFile: "the file of trusted certificates cannot be read"
        case .certificate(let code): "the certificate is refused (X.509 error \(code))"
        }
    }
}
