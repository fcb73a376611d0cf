import CPango
import Glibc

/// A font file in memory, under a path that no other font of the process ever has.
///
/// cairo and Pango know a font by its path and remember fonts beyond their use, and a descriptor's number is soon given
/// again: so the path spells the file's number, in dots and slashes that mean nothing.
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
        guard isKnownFormat(bytes) else { throw .unknownFontFormat }
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

    /// TrueType, OpenType with CFF, Apple's TrueType, a collection. FreeType knows many more formats, HarfBuzz does
    /// not.
    private static func isKnownFormat(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 12 else { return false }
        let tag = UInt32(bigEndian: bytes.unsafeLoadUnaligned(as: UInt32.self))
        return [0x0001_0000, 0x4F54_544F, 0x7472_7565, 0x7474_6366].contains(tag)
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
            } else if errno != EINTR {
                return .failed(call: "write", code: errno)
            }
        }
        return nil
    }
}
