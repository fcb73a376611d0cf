package import Memory

extension Entry {
    /// The bytes to be kept under `key`, in parts that belong one behind the other: the body as it is, and the rest.
    ///
    /// - Returns: `nil` where the metadata is longer than 65,535 bytes or a number does not fit.
    package func encoded(for key: EntryKey) -> [any Blob]? {
        guard let metadata = encodedMetadata, let metadataBytes = UInt16(exactly: metadata.count) else { return nil }
        var footer = EntryForm.Footer(
            bodyBytes: UInt64(body.count), metadataBytes: metadataBytes, kind: content.kind.rawValue)
        footer.checksum = body.withBytes { body in
            EntryForm.checksum(body: body, metadata: metadata.span.bytes, footer, key: key)
        }
        var tail = ByteWriter(capacity: metadata.count + EntryForm.footerBytes)
        tail.add(contentsOf: metadata)
        footer.write(to: &tail)
        return [body, tail.bytes]
    }

    /// The bytes that are kept; none for a failure and a file.
    package var body: any Blob {
        switch content {
        case .variant(let variant): variant.body
        case .original(let original): original.body
        case .failure, .file: [UInt8]()
        }
    }

    private var encodedMetadata: [UInt8]? {
        var writer = ByteWriter(capacity: 512)
        for moment in [
            lifetime.madeAt, lifetime.freshUntil, lifetime.revalidatingUntil, lifetime.staleUntil, lifetime.expiresAt,
        ] {
            writer.add(UInt64(bitPattern: moment))
        }
        writer.add(purgeEpoch)
        guard
            writer.add(text: lifetime.control), writer.add(text: region), source.write(to: &writer),
            content.write(to: &writer)
        else { return nil }
        return writer.bytes
    }
}

extension Entry.Content {
    fileprivate var kind: EntryForm.Kind {
        switch self {
        case .variant: .variant
        case .failure: .failure
        case .original: .original
        case .file: .file
        }
    }

    /// False where something does not fit.
    fileprivate func write(to writer: inout ByteWriter) -> Bool {
        switch self {
        case .variant(let variant):
            // 0 is none.
            writer.add(UInt32(clamping: variant.width ?? 0))
            return writer.add(text: variant.contentType) && writer.add(text: variant.entityTag)
        case .failure(let failure):
            guard let status = UInt16(exactly: failure.status) else { return false }
            writer.add(status)
            return writer.add(text: failure.code) && writer.add(text: failure.message)
        case .original:
            return true
        case .file(let file):
            writer.add(UInt64(bitPattern: Int64(file.length ?? -1)))
            return writer.add(text: file.contentType) && writer.add(text: file.entityTag)
        }
    }
}
