#if canImport(Glibc)
    import Glibc
#endif

/// A file that somebody else writes a token to, again and again: read anew whenever the token is needed.
struct TokenFile {
    let path: String

    private static let longest = 16 * 1024

    /// The token, without spaces and line ends around it. Throws `.tokenFile`.
    func token() throws(CredentialProblem.Reason) -> String {
        let bytes = try self.bytes().drop(while: Self.isSpace).reversed().drop(while: Self.isSpace).reversed()
        let token = String(decoding: bytes, as: UTF8.self)
        guard token.isPlain else { throw .tokenFile(errno: ENODATA) }
        return token
    }

    private func bytes() throws(CredentialProblem.Reason) -> [UInt8] {
        // Not waiting, as opening a pipe would.
        let descriptor = path.utf8.contains(0) ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .tokenFile(errno: path.utf8.contains(0) ? ENOENT : errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .tokenFile(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .tokenFile(errno: EINVAL) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= Self.longest {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .tokenFile(errno: errno) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
        throw .tokenFile(errno: EFBIG)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
