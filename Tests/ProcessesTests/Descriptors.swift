import Glibc
import Processes

/// A pipe, whose reading end tells when nobody has a writing end any more.
final class Pipe {
    private let ends: [Int32]
    private var hasWritingEnd = true

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ProcessError(call: "pipe", errno: errno) }
        self.ends = ends
    }

    deinit {
        close(ends[0])
        if hasWritingEnd { close(ends[1]) }
    }

    /// Sends one message of `count` bytes with copies of the writing end, and keeps none: as `sendmsg(2)` has it, without
    /// the limits of a `MessageSocket`.
    func sendWritingEnds(_ copies: Int, withBytes count: Int, over socket: Int32) throws {
        defer {
            close(ends[1])
            hasWritingEnd = false
        }
        // cmsg(3): the length, the level, the type, and the descriptors.
        let length = 16 + copies * MemoryLayout<Int32>.size
        var control: [Int32] = [Int32(length), 0, SOL_SOCKET, Int32(SCM_RIGHTS)]
        control += [Int32](repeating: ends[1], count: copies)
        if !copies.isMultiple(of: 2) { control.append(0) }
        var bytes = [UInt8](repeating: 7, count: count)
        let sent = bytes.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var vector = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    var message = msghdr()
                    (message.msg_iov, message.msg_iovlen) = (vector, 1)
                    (message.msg_control, message.msg_controllen) = (control.baseAddress, control.count)
                    return sendmsg(socket, &message, 0)
                }
            }
        }
        guard sent == count else { throw ProcessError(call: "sendmsg", errno: errno) }
    }

    /// Whether there is nothing to read and nobody who could write.
    var isAtEnd: Bool {
        var wanted = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) == 1 && wanted.revents & Int16(POLLHUP) != 0
    }
}

/// The files `0`, `1`, … of a folder, each open and with its name as its text.
final class OpenFiles {
    let descriptors: [Int32]

    init(_ count: Int) throws {
        let folder = try TemporaryFolder(Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", "\($0)") }))
        descriptors = (0..<count).map { open("\(folder.path)/\($0)", O_RDONLY | O_CLOEXEC) }
        guard !descriptors.contains(-1) else { throw ProcessError(call: "open", errno: errno) }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    static func text(of descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
