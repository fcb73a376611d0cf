package import Memory

extension Entry {
    /// Reads what `encoded(for:)` wrote. Any bytes may come in; what comes out is an entry of this key that is valid
    /// now. The body is a view of `blob`, which lives as long as the entry.
    ///
    /// - Parameter now: Unix seconds.
    package init(decoding blob: any Blob, for key: VariantKey, now: Int64) throws(EntryDefect) {
        var (entry, bodyRange) = try blob.withBytes { (bytes) throws(EntryDefect) in
            try Entry.decode(bytes, for: key)
        }
        guard now < entry.expiresAt else { throw .expired }
        if case .variant(var variant) = entry.content {
            guard let body = BlobSlice(blob, bodyRange) else { throw .truncated }
            variant.body = body
            entry.content = .variant(variant)
        }
        self = entry
    }

    /// The entry with an empty body, and where its body lies.
    private static func decode(_ bytes: RawSpan, for key: VariantKey) throws(EntryDefect) -> (Entry, Range<Int>) {
        var reader = ByteReader(bytes)
        guard reader.integer(UInt32.self) == EntryForm.magic, let version = reader.integer(UInt8.self) else {
            throw .foreign
        }
        guard version == Entry.formatVersion else { throw .version(version) }
        guard
            let kind = reader.integer(UInt8.self), let metadataBytes = reader.integer(UInt16.self).map(Int.init),
            let checksum = reader.integer(UInt64.self), let bodyBytes = reader.integer(UInt64.self),
            let madeAt = reader.integer(UInt64.self), let expiresAt = reader.integer(UInt64.self),
            let purgeEpoch = reader.integer(UInt64.self)
        else { throw .truncated }
        let bodyStart = EntryForm.headerBytes + metadataBytes
        guard
            bodyStart <= bytes.byteCount, UInt64(bytes.byteCount - bodyStart) == bodyBytes
        else { throw .truncated }
        guard checksum == EntryForm.checksum(of: bytes, metadataBytes: metadataBytes, key: key) else { throw .damaged }
        guard
            let region = reader.text(), let content = Content(kind: kind, from: &reader), reader.offset == bodyStart
        else { throw .malformed }
        let entry = Entry(
            content: content,
            madeAt: Int64(bitPattern: madeAt),
            expiresAt: Int64(bitPattern: expiresAt),
            region: region,
            purgeEpoch: purgeEpoch
        )
        return (entry, bodyStart..<bytes.byteCount)
    }
}

extension Entry.Content {
    fileprivate init?(kind: UInt8, from reader: inout ByteReader) {
        switch kind {
        case EntryForm.variantKind:
            guard let variant = Entry.Variant(from: &reader) else { return nil }
            self = .variant(variant)
        case EntryForm.failureKind:
            guard
                let code = reader.text(), let message = reader.text(), let status = reader.integer(UInt16.self)
            else { return nil }
            self = .failure(Entry.Failure(status: Int(status), code: code, message: message))
        default:
            return nil
        }
    }
}

extension Entry.Variant {
    fileprivate init?(from reader: inout ByteReader) {
        guard
            let contentType = reader.text(), let entityTag = reader.text(), let identity = reader.text(),
            let hasDate = reader.integer(UInt8.self), hasDate <= 1, let date = reader.integer(UInt64.self),
            let width = reader.integer(UInt32.self), let height = reader.integer(UInt32.self)
        else { return nil }
        self.init(
            contentType: contentType,
            entityTag: entityTag,
            lastModified: hasDate == 1 ? Int64(bitPattern: date) : nil,
            originalIdentity: identity,
            width: width == 0 ? nil : Int(width),
            height: height == 0 ? nil : Int(height),
            body: [UInt8]()
        )
    }
}
