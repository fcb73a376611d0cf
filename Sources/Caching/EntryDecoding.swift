package import Memory

extension Entry {
    /// Reads what `encoded(for:)` made. Any bytes may come in; what comes out is an entry of this key that has not
    /// expired. The body is a view of `blob`, which lives as long as the entry.
    ///
    /// - Parameter now: Unix seconds.
    package init(decoding blob: any Blob, for key: EntryKey, now: Int64) throws(EntryDefect) {
        var (entry, bodyBytes) = try blob.withBytes { (bytes) throws(EntryDefect) in
            try Entry.decode(bytes, for: key)
        }
        guard now < entry.lifetime.expiresAt else { throw .expired }
        guard let body = BlobSlice(blob, 0..<bodyBytes) else { throw .truncated }
        entry.content.adopt(body)
        self = entry
    }

    /// The entry without its body, and how long that is.
    private static func decode(_ bytes: RawSpan, for key: EntryKey) throws(EntryDefect) -> (Entry, Int) {
        let footer = try EntryForm.Footer(endOf: bytes)
        let rest = bytes.byteCount - EntryForm.footerBytes
        guard let bodyBytes = Int(exactly: footer.bodyBytes), rest - bodyBytes == Int(footer.metadataBytes) else {
            throw .truncated
        }
        let metadata = bytes.extracting(bodyBytes..<rest)
        let sum = EntryForm.checksum(body: bytes.extracting(0..<bodyBytes), metadata: metadata, footer, key: key)
        guard footer.checksum == sum else { throw .damaged }
        var reader = ByteReader(metadata)
        guard
            let kind = EntryForm.Kind(rawValue: footer.kind), let entry = Entry(kind, from: &reader),
            reader.offset == metadata.byteCount
        else { throw .malformed }
        return (entry, bodyBytes)
    }

    private init?(_ kind: EntryForm.Kind, from reader: inout ByteReader) {
        guard
            let madeAt = reader.moment(), let freshUntil = reader.moment(), let revalidatingUntil = reader.moment(),
            let staleUntil = reader.moment(), let expiresAt = reader.moment(),
            let purgeEpoch = reader.integer(UInt64.self), let control = reader.text(), let region = reader.text(),
            let source = Source(from: &reader), let content = Content(kind, from: &reader)
        else { return nil }
        let lifetime = Lifetime(
            madeAt: madeAt, freshUntil: freshUntil, revalidatingUntil: revalidatingUntil, staleUntil: staleUntil,
            expiresAt: expiresAt, control: control)
        self.init(
            content: content, lifetime: lifetime, region: region, purgeEpoch: purgeEpoch, source: source)
    }
}

extension EntryForm.Footer {
    /// Reads the last bytes of an encoded entry.
    fileprivate init(endOf bytes: RawSpan) throws(EntryDefect) {
        guard bytes.byteCount >= EntryForm.footerBytes else { throw .foreign }
        var reader = ByteReader(bytes.extracting(last: EntryForm.footerBytes))
        guard
            let bodyBytes = reader.integer(UInt64.self), let checksum = reader.integer(UInt64.self),
            let metadataBytes = reader.integer(UInt16.self), let kind = reader.integer(UInt8.self),
            let version = reader.integer(UInt8.self), reader.integer(UInt32.self) == EntryForm.magic
        else { throw .foreign }
        guard version == Entry.formatVersion else { throw .version(version) }
        self.init(bodyBytes: bodyBytes, checksum: checksum, metadataBytes: metadataBytes, kind: kind)
    }
}

extension Entry.Content {
    fileprivate init?(_ kind: EntryForm.Kind, from reader: inout ByteReader) {
        let none = [UInt8]()
        switch kind {
        case .variant:
            guard let width = reader.integer(UInt32.self), let contentType = reader.text(),
                let entityTag = reader.text()
            else { return nil }
            let known = width == 0 ? nil : Int(width)
            self = .variant(Entry.Variant(contentType: contentType, entityTag: entityTag, width: known, body: none))
        case .failure:
            guard let status = reader.integer(UInt16.self), let code = reader.text(), let message = reader.text()
            else { return nil }
            self = .failure(Entry.Failure(status: Int(status), code: code, message: message))
        case .original:
            self = .original(Entry.SavedOriginal(body: none))
        case .file:
            guard let length = reader.moment(), let contentType = reader.text(), let entityTag = reader.text()
            else { return nil }
            let known = length < 0 ? nil : Int(length)
            self = .file(Entry.File(contentType: contentType, entityTag: entityTag, length: known))
        }
    }

    fileprivate mutating func adopt(_ body: some Blob) {
        switch self {
        case .variant(var variant):
            variant.body = body
            self = .variant(variant)
        case .original(var original):
            original.body = body
            self = .original(original)
        case .failure, .file: break
        }
    }
}
