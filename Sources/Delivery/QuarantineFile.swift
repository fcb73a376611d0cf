import Deadlines
import Glibc

/// The file through which the workers of a host share their quarantine.
package struct QuarantineFile: ~Copyable {
    package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        package let call: String
        package let errno: Int32

        package var description: String { "\(call): error \(errno)" }
    }

    /// Its number is that of the form: versions that differ, which run side by side during a renewal, each have their own.
    private static let name = "quarantine-1"
    private static let mark: UInt64 = 0x6170_7573_7175_6172
    /// How long a process waits for another one that makes the file.
    private static let patience: Duration = .seconds(1)
    private static let pause: useconds_t = 1_000

    private let descriptor: Int32

    /// The file in `folder`; made where there is none, made anew where it is not ours.
    init(in folder: String) throws(Failure) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        descriptor = open(folder + "/" + Self.name, flags, 0o600)
        guard descriptor >= 0 else { throw Failure(call: "open", errno: errno) }
        try lock()
        // Not by closing the descriptor: a mapping holds on to the lock.
        defer { flock(descriptor, LOCK_UN) }
        if !isWhole { try write() }
    }

    deinit {
        close(descriptor)
    }

    func map() throws(Failure) -> QuarantineMemory { try QuarantineMemory(mapping: descriptor) }

    private func lock() throws(Failure) {
        let deadline = Deadline(in: Self.patience)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, !deadline.hasPassed else {
                throw Failure(call: "flock", errno: errno)
            }
            usleep(Self.pause)
        }
    }

    private var isWhole: Bool {
        var status = stat()
        var first: UInt64 = 0
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && status.st_size == QuarantineMemory.cells * MemoryLayout<UInt64>.stride
            && pread(descriptor, &first, MemoryLayout<UInt64>.size, 0) == MemoryLayout<UInt64>.size
            && first == Self.mark
    }

    /// Written, not only lengthened: on a full disk, a page without a block would be a SIGBUS later. The mark comes last.
    private func write() throws(Failure) {
        var numbers = [UInt64](repeating: 0, count: QuarantineMemory.cells)
        (numbers[1], numbers[2]) = (.random(in: 0...(.max)), .random(in: 0...(.max)))
        for first in [0, Self.mark] {
            numbers[0] = first
            let bytes = numbers.count * MemoryLayout<UInt64>.stride
            let written = pwrite(descriptor, numbers, bytes, 0)
            guard written == bytes else { throw Failure(call: "write", errno: written < 0 ? errno : ENOSPC) }
        }
    }
}
