import Glibc
import Memory

/// Where a command writes its result: a file, or standard output.
struct OutputFile {
    private let path: String

    /// - Parameter path: `-` is standard output.
    init(_ path: String) {
        self.path = path
    }

    /// Writes all or, to a file, nothing: one that is there already is replaced at once, and stays where that fails. What is
    /// no file, such as a terminal, is written to as it is.
    ///
    /// Returns the number of the error, `nil` if all was written.
    func write(_ bytes: SharedMemory) -> Int32? {
        guard path != "-" else { return Self.write(bytes, to: STDOUT_FILENO) }
        var status = stat()
        let isThere = stat(path, &status) == 0
        guard !isThere || status.st_mode & S_IFMT == S_IFREG else {
            return Self.write(bytes, toFile: path, O_WRONLY | O_TRUNC)
        }
        // What a link leads to is replaced, not the link.
        let place = realpath(path, nil)
        defer { free(place) }
        return replace(place.map { String(cString: $0) } ?? path, with: bytes, mode: isThere ? status.st_mode : nil)
    }

    /// - Parameter mode: of the file that is there.
    private func replace(_ path: String, with bytes: SharedMemory, mode: mode_t?) -> Int32? {
        // Beside it, because a rename stays within one file system.
        let temporary = "\(path).\(getpid()).part"
        if let failure = Self.write(bytes, toFile: temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode) {
            if failure != EEXIST { unlink(temporary) }
            return failure
        }
        guard rename(temporary, path) == 0 else {
            let failure = errno
            unlink(temporary)
            return failure
        }
        return nil
    }

    private static func write(
        _ bytes: SharedMemory, toFile path: String, _ flags: Int32, mode: mode_t? = nil
    ) -> Int32? {
        let descriptor = open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return errno }
        if let mode { fchmod(descriptor, mode & 0o7777) }
        let failure = write(bytes, to: descriptor)
        guard close(descriptor) == 0 || failure != nil else { return errno }
        return failure
    }

    private static func write(_ bytes: SharedMemory, to descriptor: Int32) -> Int32? {
        bytes.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let chunk = UnsafeRawBufferPointer(rebasing: rest)
                    let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
                    // Nothing and no error: nobody says why.
                    guard written != 0 else { return EIO }
                    if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return errno }
                }
                return nil
            }
        }
    }
}
