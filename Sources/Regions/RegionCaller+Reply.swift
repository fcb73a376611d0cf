import Caching
internal import Crypto
import Deadlines
import Digests
import Memory
import Purging

// What follows the head of an answer to `ask`.

extension RegionCaller {
    /// What an answer to `ask` says, if its entry is what its head and the question promise.
    func checkedReply(_ answer: Answer, to question: RegionQuestion) throws(RegionError) -> RegionReply {
        guard let head = RegionAnswerHead(answer.head), head.purges.covers(question.purges) else { throw .garbage }
        if let fault = head.fault {
            guard try end(of: answer.stream) else { throw .garbage }
            return .fault(fault, head)
        }
        guard let enclosure = head.entry, enclosure.count <= limits.entryBytes else { throw .garbage }
        let bytes = try take(enclosure.count, from: answer.stream)
        guard hexadecimal(SHA256.hash(data: bytes)) == enclosure.digest else { throw .garbage }
        let entry = try entry(bytes, for: question.key(nonce: answer.envelope.nonce), head, answer)
        if head.kind == .file {
            answer.stream.expect(head.streamedBytes)
            return .file(entry, answer.stream, head)
        }
        guard try end(of: answer.stream) else { throw .garbage }
        return head.kind == .unchanged ? .unchanged(entry, head) : .entry(entry, head)
    }

    private func entry(
        _ bytes: [UInt8], for key: EntryKey, _ head: RegionAnswerHead, _ answer: Answer
    ) throws(RegionError) -> Entry {
        // How old it may be is for the one to say who wants it: what nobody may keep has no time at all.
        guard var entry = try? Entry(decoding: bytes, for: key, now: .min), head.kind.fits(entry) else {
            throw .garbage
        }
        // The other has written its head after all its work: only the way back lies between the two times.
        let ahead = ClockOffset(told: answer.now, sentAt: answer.arrivedAt, roundTrip: .zero).ahead.wholeMilliseconds
        if ahead.magnitude > Self.heededDifference {
            entry.lifetime = entry.lifetime.shifted(by: -(ahead / 1000))
        }
        return entry
    }

    /// Below it, clocks are as good as the same: milliseconds.
    private static let heededDifference: UInt64 = 2000
}

extension RegionAnswerHead.Kind {
    fileprivate func fits(_ entry: Entry) -> Bool {
        switch (self, entry.content) {
        case (.entry, .variant), (.failure, .failure), (.file, .file), (.unchanged, .file): true
        case (.unchanged, .variant(let variant)): variant.body.count == 0
        default: false
        }
    }
}
