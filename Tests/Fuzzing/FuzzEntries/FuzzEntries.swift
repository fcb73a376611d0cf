import Caching
import Digests
import FirstInputs
import Memory

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked {
        let sealed = Examples.entries.compactMap { $0.encoded(for: key)?.flatMap(\.copied) }
        // The same without a seal: its first byte says where the body ends and of what kind it is.
        let open = sealed.map { whole in
            let bodyBytes = Int(whole[whole.count - EntryFooter.bytes])
            return [UInt8(bodyBytes << 3) | whole[whole.count - 6]] + whole.dropLast(EntryFooter.bytes)
        }
        return FirstInputs(
            words: ["Apus", "image/webp", "\"tag\"", "max-age=60", "eu-central", "ENOENT", "photos"],
            inputs: sealed + open)
    }
    return 0
}

private let key = EntryKey(.variant, DigestBuilder("fuzzing").finish())
private let others = [
    EntryKey(.original, DigestBuilder("fuzzing").finish()), EntryKey(.variant, DigestBuilder("another").finish()),
]

/// Where the parts of an entry lie, counted from its end.
enum EntryFooter {
    static let bytes = 24
}

/// What a tier gives for a key: any bytes are an entry of that key or a miss. What was read is written as the same bytes
/// and read as the same again, is no entry of another key, and none if a bit of it is another.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    check(bytes)
    guard let first = bytes.first else { return 0 }
    // Such that the checksum stands in nobody's way.
    let rest = bytes.dropFirst()
    let bodyBytes = min(Int(first >> 3), rest.count)
    let metadata = Array(rest.dropFirst(bodyBytes).prefix(Int(UInt16.max)))
    let sealed = SealedEntry.sealed(body: Array(rest.prefix(bodyBytes)), metadata: metadata, kind: first & 7, for: key)
    check(sealed)
    do throws(EntryDefect) {
        _ = try Entry(decoding: sealed, for: key, now: .min)
    } catch {
        expect(error == .malformed || error == .expired, "what is sealed is \(error)")
    }
    return 0
}

private func check(_ bytes: [UInt8]) {
    guard let entry = try? Entry(decoding: bytes, for: key, now: 1_700_000_000) else { return }
    for now in [.min, 0, 1_700_000_000, .max] as [Int64] {
        _ = entry.lifetime.age(now: now)
        _ = entry.lifetime.shifted(by: now).age(now: 0)
    }
    guard let written = entry.encoded(for: key)?.flatMap(\.copied) else {
        violated("what was read cannot be written")
    }
    guard let again = try? Entry(decoding: written, for: key, now: 1_700_000_000) else {
        violated("what was written cannot be read")
    }
    expect(again.encoded(for: key)?.flatMap(\.copied) == written, "an entry is read back as another one")
    expect(again.source == entry.source && again.lifetime == entry.lifetime, "an entry is read back as another one")
    expect(again.body.copied == entry.body.copied, "another body")
    for other in others {
        expect((try? Entry(decoding: written, for: other, now: 1_700_000_000)) == nil, "an entry of two keys")
    }
    for at in stride(from: 0, to: written.count, by: max(1, written.count / 7)) {
        var damaged = written
        damaged[at] ^= 1 << (at % 8)
        expect((try? Entry(decoding: damaged, for: key, now: 1_700_000_000)) == nil, "damage at \(at) is not seen")
    }
}
