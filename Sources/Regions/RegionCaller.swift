import Caching
package import Configuration
internal import Crypto
package import Deadlines
import Digests
import Memory
import Purging
package import Transfer

/// Asks one other region. Whether it should be asked at all is somebody else's decision.
package struct RegionCaller: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Connection and TLS.
        package var connect: Duration = .milliseconds(1500)
        /// The longest silence within an answer.
        package var stall: Duration = .seconds(5)
        /// The largest entry, in bytes.
        package var entryBytes = 256 * 1024 * 1024

        package init() {}

        package init(_ timeouts: Configuration.Timeouts) {
            connect = min(timeouts.connect, connect)
            stall = timeouts.stall
        }
    }

    /// The region that is asked.
    package let name: String
    private let own: String
    private let url: WebURL
    private let keys: RegionKeys
    private let transfer: TransferClient
    private let limits: Limits

    /// - Parameters:
    ///   - name: of the region that is asked.
    ///   - own: the region that asks.
    package init(
        _ name: String, from own: String, url: WebURL, keys: RegionKeys, transfer: TransferClient, limits: Limits
    ) {
        self.name = name
        self.own = own
        self.url = url
        self.keys = keys
        self.transfer = transfer
        self.limits = limits
    }

    /// Has a client's request answered. The times of the entry are those of this clock.
    ///
    /// - Parameters:
    ///   - question: its deadline is shortened to what is left here.
    ///   - clockOffset: how far the other's clock is ahead of this one's.
    ///   - answerLimit: how long the answer's first byte may take, if less than the deadline.
    package func ask(
        _ question: RegionQuestion, clockOffset: Duration, until deadline: Deadline, answerLimit: Duration? = nil
    ) throws(RegionError) -> RegionReply {
        try onceMoreIfRepeated { () throws(RegionError) in
            var question = question
            question.deadline = min(question.deadline, deadline.remaining)
            let answer = try send(
                .ask, question.fields, clockOffset: clockOffset, until: deadline, answerLimit: answerLimit)
            do throws(RegionError) {
                return try reply(answer, to: question)
            } catch {
                answer.stream.close()
                throw error
            }
        }
    }

    /// Tells something and returns what is told in answer.
    package func exchange(
        _ fields: RegionFields, clockOffset: Duration, until deadline: Deadline
    ) throws(RegionError) -> RegionFields {
        try tell(.exchange, fields, clockOffset: clockOffset, until: deadline)
    }

    /// How it sees itself and the others.
    package func status(clockOffset: Duration, until deadline: Deadline) throws(RegionError) -> RegionFields {
        try tell(.status, RegionFields(), clockOffset: clockOffset, until: deadline)
    }

    private func tell(
        _ call: RegionCall, _ fields: RegionFields, clockOffset: Duration, until deadline: Deadline
    ) throws(RegionError) -> RegionFields {
        try onceMoreIfRepeated { () throws(RegionError) in
            let answer = try send(call, fields, clockOffset: clockOffset, until: deadline, answerLimit: nil)
            defer { answer.stream.close() }
            guard try end(of: answer.stream) else { throw .garbage }
            return answer.head
        }
    }

    /// A kept connection that turns out to be closed makes the transfer send the same bytes again over another. If they had
    /// arrived the first time, they are refused the second time, and deserve a new envelope.
    private func onceMoreIfRepeated<Answer>(
        _ work: () throws(RegionError) -> Answer
    ) throws(RegionError) -> Answer {
        do throws(RegionError) { return try work() } catch {
            guard error == .refused(.replay) else { throw error }
        }
        return try work()
    }
}

// MARK: The request, and the head of its answer

extension RegionCaller {
    private struct Answer {
        let envelope: RegionEnvelope
        let head: RegionFields
        /// What comes behind the head.
        let stream: RegionStream
        /// Unix milliseconds.
        let arrivedAt: Int64
    }

    private func send(
        _ call: RegionCall, _ fields: RegionFields, clockOffset: Duration, until deadline: Deadline,
        answerLimit: Duration?
    ) throws(RegionError) -> Answer {
        let envelope = RegionEnvelope(from: own, to: name, clockOffset: clockOffset)
        var all = envelope.fields
        all.add(contentsOf: fields)
        let body = all.text
        guard body.count <= RegionFields.longestText else { throw .refused(.malformed) }
        let opened: TransferStream
        do {
            let request = try request(call, body, until: deadline, answerLimit: answerLimit)
            opened = try transfer.open(request, deadline: deadline)
        } catch {
            throw RegionError(error)
        }
        let arrivedAt = WallClock.unixMilliseconds
        if let error = RegionError(refusing: opened.head) {
            opened.skip()
            throw error
        }
        let stream = RegionStream(opened)
        do throws(RegionError) {
            let head = try head(opened.head["x-apus-head"], from: stream, envelope)
            return Answer(envelope: envelope, head: head, stream: stream, arrivedAt: arrivedAt)
        } catch {
            stream.close()
            throw error
        }
    }

    private func request(
        _ call: RegionCall, _ body: [UInt8], until deadline: Deadline, answerLimit: Duration?
    ) throws(TransferError) -> TransferRequest {
        let left = deadline.remaining
        let transferLimits = TransferLimits(
            connect: min(limits.connect, left), firstByte: min(answerLimit ?? left, left), stall: limits.stall,
            bodyBytes: .max)
        var request = TransferRequest(
            purpose: "region:\(name)", url: try TransferURL("\(url)\(call.path)"), policy: .configured,
            redirectPolicy: .configured, limits: transferLimits)
        request.method = .post([body])
        request.followsRedirects = false
        request.headers = [
            HeaderField("Content-Type", "application/octet-stream"),
            HeaderField("x-apus-signature", keys.signature(of: call, body: body)),
        ]
        return request
    }

    /// The head of the answer: of somebody who has the secret, and to this request.
    private func head(
        _ header: String?, from stream: RegionStream, _ envelope: RegionEnvelope
    ) throws(RegionError) -> RegionFields {
        let parts = (header ?? "").split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 2,
            let count = RegionFields.number(String(parts[0]), max: Int64(RegionFields.longestText))
        else { throw .garbage }
        let bytes = try take(Int(count), from: stream)
        guard keys.isProven(bytes, to: envelope.nonce, by: parts[1]), let fields = RegionFields(bytes) else {
            throw .garbage
        }
        return fields
    }

    private func take(_ count: Int, from stream: RegionStream) throws(RegionError) -> [UInt8] {
        do { return try stream.take(count) } catch { throw RegionError(error) }
    }

    private func end(of stream: RegionStream) throws(RegionError) -> Bool {
        do { return try stream.isAtEnd() } catch { throw RegionError(error) }
    }
}

// MARK: What follows the head

extension RegionCaller {
    private func reply(_ answer: Answer, to question: RegionQuestion) throws(RegionError) -> RegionReply {
        guard let head = RegionAnswerHead(answer.head), head.purges.covers(question.purges) else { throw .garbage }
        if let fault = head.fault {
            guard try end(of: answer.stream) else { throw .garbage }
            return .fault(fault, head)
        }
        guard let enclosure = head.entry, enclosure.count <= limits.entryBytes else { throw .garbage }
        let bytes = try take(enclosure.count, from: answer.stream)
        guard hexadecimal(SHA256.hash(data: bytes)) == enclosure.digest else { throw .garbage }
        let entry = try entry(bytes, question.key(nonce: answer.envelope.nonce), head, arrivedAt: answer.arrivedAt)
        if head.kind == .file {
            answer.stream.expect(head.streamedBytes)
            return .file(entry, answer.stream, head)
        }
        guard try end(of: answer.stream) else { throw .garbage }
        return head.kind == .unchanged ? .unchanged(entry, head) : .entry(entry, head)
    }

    private func entry(
        _ bytes: [UInt8], _ key: EntryKey, _ head: RegionAnswerHead, arrivedAt: Int64
    ) throws(RegionError) -> Entry {
        // How old it may be is for the one to say who wants it: what nobody may keep has no time at all.
        guard var entry = try? Entry(decoding: bytes, for: key, now: .min), head.kind.fits(entry) else {
            throw .garbage
        }
        let (difference, overflows) = arrivedAt.subtractingReportingOverflow(head.now)
        guard !overflows else { throw .garbage }
        if difference.magnitude > Self.heededDifference {
            entry.lifetime = entry.lifetime.shifted(by: difference / 1000)
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

extension RegionError {
    fileprivate init(_ error: TransferError) {
        self =
            switch error {
            case .timedOut: .timedOut
            case .refused: .connectionRefused
            case .protocolError, .headerTooLarge, .tooLarge, .tooManyRedirects, .redirectForbidden: .garbage
            case .badURL, .badHeader, .nameNotFound, .unreachable, .addressForbidden, .portForbidden, .tls, .truncated,
                .curl:
                .unreachable
            }
    }

    /// `nil` for an answer that is none of these.
    fileprivate init?(refusing head: ResponseHead) {
        guard head.status != 200 else { return nil }
        if let refusal = head["x-apus-refusal"].flatMap({ RegionRefusal(rawValue: $0) }) {
            self = refusal == .behind ? .behind : .refused(refusal)
        } else {
            self = head.status >= 500 || head.status == 429 ? .failed : .garbage
        }
    }
}
