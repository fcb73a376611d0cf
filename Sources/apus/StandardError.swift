import Glibc

/// Writes one text to standard error in one go, so that lines of several threads and processes do not mix.
func writeError(_ text: String) {
    let bytes = [UInt8](text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// Why a command could not do what it was asked; printed as it is.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
