package import Configuration
package import Deadlines
import HTTPRules
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
    let limits: Limits

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

    /// Of all other regions; `nil` for one whose address nobody knows.
    package static func callers(
        _ configuration: Configuration, keys: RegionKeys, transfer: TransferClient
    ) -> [String: RegionCaller?] {
        var callers: [String: RegionCaller?] = [:]
        for (name, region) in configuration.regions where name != configuration.region {
            let caller = region.url.map { url in
                RegionCaller(
                    name, from: configuration.region, url: url, keys: keys, transfer: transfer,
                    limits: Limits(configuration.timeouts))
            }
            callers.updateValue(caller, forKey: name)
        }
        return callers
    }

    /// Has a client's request answered. The times of the entry are those of this clock.
    ///
    /// - Parameters:
    ///   - question: its deadline is shortened to what is left here.
    ///   - clockOffset: of the other.
    package func ask(
        _ question: RegionQuestion, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionReply {
        try onceMoreIfRepeated { () throws(RegionError) in
            var question = question
            question.deadline = min(question.deadline, deadline.remaining)
            let answer = try send(.ask, question.fields, clockOffset: clockOffset, until: deadline)
            do throws(RegionError) {
                return try checkedReply(answer, to: question)
            } catch {
                answer.stream.close()
                throw error
            }
        }
    }

    /// Tells something and returns what is told in answer.
    package func exchange(
        _ fields: RegionFields, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionTold {
        try tell(.exchange, fields, clockOffset: clockOffset, until: deadline)
    }

    /// How it sees itself and the others.
    package func status(clockOffset: ClockOffset, until deadline: Deadline) throws(RegionError) -> RegionTold {
        try tell(.status, RegionFields(), clockOffset: clockOffset, until: deadline)
    }

    private func tell(
        _ call: RegionCall, _ fields: RegionFields, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionTold {
        let answer = try send(call, fields, clockOffset: clockOffset, until: deadline)
        defer { answer.stream.close() }
        guard try end(of: answer.stream) else { throw .garbage }
        return RegionTold(answer.head, clockOffset: answer.clockOffset)
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
    struct Answer {
        let envelope: RegionEnvelope
        let head: RegionFields
        /// What comes behind the head.
        let stream: RegionStream
        /// What the other's clock said when it wrote the head: Unix milliseconds.
        let now: Int64
        /// By this one's clock.
        let sentAt: Int64
        let arrivedAt: Int64
        let roundTrip: Duration

        /// By an answer that is given at once.
        var clockOffset: ClockOffset { ClockOffset(told: now, sentAt: sentAt, roundTrip: roundTrip) }
    }

    private func send(
        _ call: RegionCall, _ fields: RegionFields, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> Answer {
        let envelope = RegionEnvelope(from: own, to: name, clockOffset: clockOffset)
        var all = envelope.fields
        all.add(contentsOf: fields)
        let body = all.text
        guard all.isSendable, body.count <= RegionFields.longestText else { throw .unaskable }
        let opened: TransferStream
        let (start, sentAt) = (Deadline.now, WallClock.unixMilliseconds)
        do {
            let request = try request(call, body, until: deadline)
            opened = try transfer.open(request, deadline: deadline)
        } catch {
            throw RegionError(error)
        }
        let (roundTrip, arrivedAt) = (start.elapsed, WallClock.unixMilliseconds)
        if let error = RegionError(refusing: opened.head, arrivedAt: arrivedAt) {
            opened.skip()
            throw error
        }
        let stream = RegionStream(opened)
        do throws(RegionError) {
            var head = try provenHead(opened.head["x-apus-head"], from: stream, envelope)
            guard let now = head.takeOff(RegionGate.clock).flatMap({ RegionFields.number($0) }) else { throw .garbage }
            return Answer(
                envelope: envelope, head: head, stream: stream, now: now, sentAt: sentAt, arrivedAt: arrivedAt,
                roundTrip: roundTrip)
        } catch {
            stream.close()
            throw error
        }
    }

    private func request(
        _ call: RegionCall, _ body: [UInt8], until deadline: Deadline
    ) throws(TransferError) -> TransferRequest {
        let left = deadline.remaining
        let transferLimits = TransferLimits(
            connect: min(limits.connect, left), firstByte: left, stall: limits.stall, bodyBytes: .max)
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
    private func provenHead(
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

    func take(_ count: Int, from stream: RegionStream) throws(RegionError) -> [UInt8] {
        do { return try stream.take(count) } catch { throw RegionError(error) }
    }

    func end(of stream: RegionStream) throws(RegionError) -> Bool {
        do { return try stream.isAtEnd() } catch { throw RegionError(error) }
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
    ///
    /// - Parameter arrivedAt: Unix milliseconds.
    fileprivate init?(refusing head: ResponseHead, arrivedAt: Int64) {
        guard head.status != 200 else { return nil }
        if let refusal = head["x-apus-refusal"].flatMap({ RegionRefusal(rawValue: $0) }) {
            let date = head["date"].flatMap { HTTPDate($0, now: HTTPDate(unixSeconds: arrivedAt / 1000)) }
            guard refusal == .clock, let date else {
                self = .refused(refusal)
                return
            }
            self = .otherClock(ClockOffset(told: date.unixSeconds * 1000, sentAt: arrivedAt, roundTrip: .zero))
        } else {
            self = head.status >= 500 || head.status == 429 ? .failed : .garbage
        }
    }
}
