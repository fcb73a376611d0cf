import Glibc

/// A fresh key and certificate for `localhost`, made by OpenSSL's program in a folder of their own.
package struct TLSCertificate {
    package enum Kind: Sendable, CaseIterable {
        /// Its own authority.
        case selfSigned
        /// Signed by an authority that is not shown.
        case signed
        /// The same, in a time that is over or to come.
        case expired, notYetValid
    }

    /// What is to be trusted: the certificate itself or that of its authority.
    let trusted: String
    let shown: String
    let key: String
    private let folder: String

    init(_ kind: Kind) throws {
        var template = Array("/var/tmp/apus-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure(call: "mkdtemp", errno: errno) }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        (trusted, key) = (folder + "/trusted", folder + "/key")
        shown = kind == .selfSigned ? trusted : folder + "/shown"
        do {
            switch kind {
            case .selfSigned: try Self.selfSigned(trusted, key: key, name: "localhost")
            case .signed: try sign(years: "2020", "2049")
            case .expired: try sign(years: "2020", "2021")
            case .notYetValid: try sign(years: "2048", "2049")
            }
        } catch {
            remove()
            throw error
        }
    }

    func remove() {
        if let entries = opendir(folder) {
            while let entry = readdir(entries) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
                unlinkat(dirfd(entries), name.map(CChar.init(bitPattern:)) + [0], 0)
            }
            closedir(entries)
        }
        rmdir(folder)
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private static func selfSigned(_ certificate: String, key: String, name: String) throws {
        try TLSOrigin.run(
            ["req", "-x509"] + newKey + [
                "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", key, "-out",
                certificate,
            ])
    }

    /// Good from the beginning of the first year to that of the second.
    private func sign(years first: String, _ second: String) throws {
        let authority = folder + "/authority"
        let (request, settings) = (folder + "/request", folder + "/settings")
        try Self.selfSigned(trusted, key: authority, name: "authority")
        try TLSOrigin.run(
            ["req", "-new"] + Self.newKey + [
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", request,
            ])
        try write("", to: folder + "/books")
        try write(
            """
            [ca]
            default_ca = authority
            [authority]
            database = \(folder)/books
            new_certs_dir = \(folder)
            rand_serial = yes
            default_md = sha256
            policy = any
            copy_extensions = copy
            [any]
            commonName = supplied

            """, to: settings)
        try TLSOrigin.run([
            "ca", "-batch", "-notext", "-config", settings, "-cert", trusted, "-keyfile", authority, "-in", request,
            "-startdate", first + "0101000000Z", "-enddate", second + "0101000000Z", "-out", shown,
        ])
    }

    private func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure(call: "open", errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SystemFailure(call: "write", errno: errno)
        }
    }
}
