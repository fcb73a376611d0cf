#if canImport(Glibc)
    import Glibc
#endif

/// What the system calls an error number.
func errorText(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The bytes of a regular file; anything that could be endless or hang, such as a pipe, is refused.
func readFile(_ path: String, limit: Int) throws(ConfigurationProblem.Reason) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw .unreadable(errno: ENOENT) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
        let count = read(descriptor, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .unreadable(errno: errno) }
        guard count > 0 else { return bytes }
        bytes.append(contentsOf: piece[..<count])
    }
    throw .fileTooLarge(limit: limit)
}

/// The absolute form of a path; without a leading slash it is relative to `folder`. `.` segments and doubled slashes
/// go, `..` stays, since only the file system knows what it means behind a symbolic link.
func absolutePath(_ path: String, in folder: String) -> String {
    let joined = path.hasPrefix("/") ? path : folder + "/" + path
    return "/" + joined.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
}

/// The absolute folder that a file lies in.
func containingFolder(of file: String) throws(ConfigurationProblem.Reason) -> String {
    guard let current = getcwd(nil, 0) else { throw .unreadable(errno: errno) }
    defer { free(current) }
    let absolute = absolutePath(file, in: String(cString: current))
    return "/" + absolute.split(separator: "/").dropLast().joined(separator: "/")
}
