import Memory

/// The binary form of an entry, version 3. All integers are little-endian.
///
///     body          first, so that a saved original can be handed to a render process as it lies in the store
///     metadata      lifetime, purge epoch, region, sources, then the fields of the kind; a text is its length in 2
///                   bytes and its UTF-8, a list its count in 2 bytes and its texts
///     footer        24 bytes at the very end:
///       0       8   length of the body
///       8       8   checksum of everything else, seeded with the key
///       16      2   length of the metadata
///       18      1   kind: 1 variant, 2 failure, 3 original, 4 file
///       19      1   version
///       20      4   "Apus"
///
/// The key goes into the checksum, so that bytes under a wrong name, or an answer to another question, are no entry.
enum EntryForm {
    static let magic: UInt32 = 0x7375_7041
    static let footerBytes = 24

    enum Kind: UInt8 {
        case variant = 1
        case failure, original, file
    }

    /// What is read of, or written to, the very end.
    struct Footer {
        var bodyBytes: UInt64
        var checksum: UInt64 = 0
        var metadataBytes: UInt16
        var kind: UInt8

        func write(to writer: inout ByteWriter) {
            writer.add(bodyBytes)
            writer.add(checksum)
            writer.add(metadataBytes)
            writer.add(kind)
            writer.add(Entry.formatVersion)
            writer.add(magic)
        }
    }

    /// The checksum over body, metadata and what the footer says of them.
    static func checksum(body: RawSpan, metadata: RawSpan, _ footer: Footer, key: EntryKey) -> UInt64 {
        var sum = Checksum(seed: key.seed)
        sum.add(body)
        sum.add(metadata)
        var blank = footer
        blank.checksum = 0
        var writer = ByteWriter(capacity: footerBytes)
        blank.write(to: &writer)
        sum.add(writer.bytes.span.bytes)
        return sum.value
    }
}
