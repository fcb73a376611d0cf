import Transfer

extension Case {
    func diagnosis(of error: TransferError) -> Diagnosis {
        switch error {
        case .nameNotFound:
            Diagnosis(.name, "the host name \(host) is not known", hint: settings.hostHint)
        case .refused, .timedOut, .tooLarge: Diagnosis(.connection, "\(error)")
        case .unreachable:
            Diagnosis(
                .connection, "there is no way to \(server)",
                hint: "does this machine have a route to it, in the version of IP that its address has?")
        case .addressForbidden:
            Diagnosis(
                .connection, "the address of \(host) is not public",
                hint: "web proxies and redirects reach private addresses only inside network.allow")
        case .portForbidden(let port):
            Diagnosis(.connection, "port \(port) is one of another protocol, which no URL may name")
        case .tls(let fault): diagnosis(of: fault)
        case .truncated:
            Diagnosis(
                .answer, "\(server) closes the connection before its answer is complete",
                hint: isSecure ? nil : "if it speaks TLS on that port, the URL has to begin with https")
        case .protocolError:
            Diagnosis(
                .answer, "what \(server) sends is not HTTP",
                hint: isSecure ? nil : "if it speaks TLS on that port, the URL has to begin with https")
        case .headerTooLarge: Diagnosis(.answer, "the head of the answer of \(server) is too large")
        case .tooManyRedirects(let limit):
            Diagnosis(.answer, "it redirects more than \(limit) times (limits.redirects)", hint: redirectHint)
        case .redirectForbidden:
            Diagnosis(
                .answer, "\(server) redirects to something that is not followed",
                hint: "from https only to https, and to nothing but http and https")
        case .badURL: Diagnosis(.path, "\(objectName) makes no usable URL")
        case .badHeader, .curl: Diagnosis(.connection, "\(error)")
        }
    }

    private var isSecure: Bool { trail.servers.last?.scheme == .https }

    private var redirectHint: String {
        "it was sent along " + trail.servers.map(\.description).joined(separator: ", ")
    }

    private func diagnosis(of fault: TLSFault) -> Diagnosis {
        let hint: String? =
            switch fault {
            case .expired: "whoever runs \(host) has to renew it; or this machine's clock is wrong"
            case .notYetValid: "this machine's clock may be behind"
            case .selfSigned: "if it is yours, put it into a file and name that in network.caFile"
            case .unknownAuthority:
                "an authority of your own goes into network.caFile; else the server may not send its chain's certificates"
            case .wrongHost: wrongHostHint
            case .handshake: "does it speak TLS on that port, of version 1.2 at least?"
            case .trustFile: "network.caFile has to be a readable file of certificates in PEM form"
            case .certificate: nil
            }
        return Diagnosis(.tls, "\(server): \(fault)", hint: hint)
    }

    /// A certificate for all buckets covers one label.
    private var wrongHostHint: String {
        let isBucketHost = settings.bucket.map { host.hasPrefix($0 + ".") } ?? false
        return isBucketHost
            ? "the bucket's name stands before the endpoint's: s3ForcePathStyle: true asks the endpoint's own host"
            : "the URL has to name the host as its certificate does"
    }
}
