import Memory

/// The binary form of an entry, version 1. All integers are little-endian.
///
///     offset  bytes
///     0       4   "Apus"
///     4       1   version
///     5       1   kind: 1 variant, 2 failure
///     6       2   length of the metadata
///     8       8   checksum of everything else, seeded with the key
///     16      8   length of the body
///     24      8   madeAt
///     32      8   expiresAt
///     40      8   purge epoch
///     48          metadata: region, then the fields of the kind; a text is its length in 2 bytes and its UTF-8
///                 body, to the end
///
/// The key goes into the checksum, so that bytes under a wrong name, or an answer to another question, are no entry.
enum EntryForm {
    static let magic: UInt32 = 0x7375_7041
    static let headerBytes = 48
    static let checksumRange = 8..<16
    static let variantKind: UInt8 = 1
    static let failureKind: UInt8 = 2

    /// The checksum over the form's three parts.
    static func checksum(of bytes: RawSpan, metadataBytes: Int, key: VariantKey) -> UInt64 {
        let bodyStart = headerBytes + metadataBytes
        var sum = Checksum(seed: key.seed)
        sum.add(bytes.extracting(0..<checksumRange.lowerBound))
        sum.add(bytes.extracting(checksumRange.upperBound..<bodyStart))
        sum.add(bytes.extracting(bodyStart..<bytes.byteCount))
        return sum.value
    }
}

extension Entry {
    /// The bytes to be kept under `key`; `nil` where the metadata is longer than 65,535 bytes or a number does not fit.
    package func encoded(for key: VariantKey) -> [UInt8]? {
        guard let metadata = encodedMetadata, let metadataBytes = UInt16(exactly: metadata.count) else { return nil }
        let body: any Blob
        let kind: UInt8
        switch content {
        case .variant(let variant): (body, kind) = (variant.body, EntryForm.variantKind)
        case .failure: (body, kind) = ([UInt8](), EntryForm.failureKind)
        }
        var writer = ByteWriter(capacity: EntryForm.headerBytes + metadata.count + body.count)
        writer.add(EntryForm.magic)
        writer.add(Entry.formatVersion)
        writer.add(kind)
        writer.add(metadataBytes)
        writer.add(UInt64(0))
        writer.add(UInt64(body.count))
        writer.add(UInt64(bitPattern: madeAt))
        writer.add(UInt64(bitPattern: expiresAt))
        writer.add(purgeEpoch)
        writer.add(contentsOf: metadata)
        writer.add(contentsOf: body)
        let sum = EntryForm.checksum(of: writer.bytes.span.bytes, metadataBytes: metadata.count, key: key)
        writer.replace(EntryForm.checksumRange, with: sum)
        return writer.bytes
    }

    private var encodedMetadata: [UInt8]? {
        var writer = ByteWriter(capacity: 256)
        guard writer.add(text: region) else { return nil }
        switch content {
        case .variant(let variant):
            guard
                let width = UInt32(exactly: variant.width ?? 0), let height = UInt32(exactly: variant.height ?? 0),
                writer.add(text: variant.contentType), writer.add(text: variant.entityTag),
                writer.add(text: variant.originalIdentity)
            else { return nil }
            writer.add(UInt8(variant.lastModified == nil ? 0 : 1))
            writer.add(UInt64(bitPattern: variant.lastModified ?? 0))
            writer.add(width)
            writer.add(height)
        case .failure(let failure):
            guard
                let status = UInt16(exactly: failure.status),
                writer.add(text: failure.code), writer.add(text: failure.message)
            else { return nil }
            writer.add(status)
        }
        return writer.bytes
    }
}
