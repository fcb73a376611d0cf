import Glibc
import Memory

/// Where a command writes its result: a file, or standard output.
struct OutputFile {
    private let path: String

    /// - Parameter path: `-` is standard output.
    init(_ path: String) {
        self.path = path
    }

    /// Returns the number of the error, `nil` if all was written.
    func write(_ bytes: SharedMemory) -> Int32? {
        guard path != "-" else { return Self.write(bytes, to: STDOUT_FILENO) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return errno }
        let failure = Self.write(bytes, to: descriptor)
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
                    if written > 0 {
                        rest = rest.dropFirst(written)
                    } else if errno != EINTR {
                        return errno
                    }
                }
                return nil
            }
        }
    }
}
