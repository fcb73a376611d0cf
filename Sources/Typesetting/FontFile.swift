import CPango
import Glibc

/// A font file in memory, under a path that no other font of the process ever has.
///
/// cairo and Pango know a font by its path and remember fonts beyond their use, and a descriptor's number is soon given
/// again: so the path spells the file's number, in dots and slashes that mean nothing.
///
/// A copy, though the caller may hold the bytes in a file of its own: cairo keeps its last fonts mapped, and only a
/// file that is not sealed can be emptied under it.
struct FontFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private let count: Int

    private init(descriptor: Int32, count: Int, number: UInt32) {
        self.descriptor = descriptor
        self.count = count
        path = Self.path(descriptor: descriptor, number: number)
    }

    /// Copies the bytes. `number` is one that no other file of the process has.
    static func make(_ bytes: RawSpan, number: UInt32) throws(TypesettingError) -> FontFile {
        guard bytes.byteCount <= TextLimits.fontBytes else {
            throw .fontTooLong(bytes: bytes.byteCount, maximum: TextLimits.fontBytes)
        }
        try FontFormat.check(bytes)
        let descriptor = apus_font_memory()
        guard descriptor >= 0 else { throw .failed(call: "memfd_create", code: errno) }
        let file = FontFile(descriptor: descriptor, count: bytes.byteCount, number: number)
        let failure = bytes.withUnsafeBytes { write($0, to: descriptor) }
        if let failure { throw failure }
        return file
    }

    deinit {
        // cairo keeps its last few fonts mapped; without this they would hold the memory of their files.
        _ = apus_font_memory_emptied(descriptor, count)
        close(descriptor)
    }

    static func path(descriptor: Int32, number: UInt32) -> String {
        let spelling = (0..<32).map { number >> $0 & 1 == 1 ? "./" : "/" }
        return "/proc/self/fd/" + spelling.joined() + String(descriptor)
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> TypesettingError? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest)
            let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written == 0 || errno != EINTR {
                return .failed(call: "write", code: written == 0 ? ENOSPC : errno)
            }
        }
        return nil
    }
}
