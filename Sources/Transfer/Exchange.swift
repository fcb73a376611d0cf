import CCurl
import Deadlines
import HTTPRules
import Memory

/// One request and its response while they are under way: what libcurl's callbacks read and write.
///
/// Used by one thread, between the start and the end of `TransferHandle.run`.
final class Exchange {
    let method: TransferMethod
    let policy: AddressPolicy
    private let limits: TransferLimits
    private let deadline: Deadline
    private let decide: (ResponseHead) -> BodyDecision
    private let receive: (RawSpan) -> Bool

    /// What we ourselves have found wrong; goes before what libcurl makes of the stop.
    private(set) var failure: TransferError?
    private(set) var head: ResponseHead?
    /// What is still to be sent.
    private var requestBody: BodyReader
    /// Bytes of the response's body that came, wanted or not.
    private var bodyCount = 0
    private var headReader: HeadReader
    private var skips = false
    private var stage = TransferStage.connect
    private var stageEnd: Deadline
    private var allowedAddresses = 0
    private var refusedAddresses = 0

    init(
        _ method: TransferMethod, policy: AddressPolicy, limits: TransferLimits, deadline: Deadline,
        decide: @escaping (ResponseHead) -> BodyDecision, receive: @escaping (RawSpan) -> Bool
    ) {
        self.method = method
        self.policy = policy
        requestBody = BodyReader(method.body ?? [])
        self.limits = limits
        self.deadline = deadline
        self.decide = decide
        self.receive = receive
        headReader = HeadReader(byteLimit: limits.headerBytes, countLimit: limits.headerCount)
        stageEnd = Deadline(in: limits.connect)
    }

    /// The moment at which the transfer ends if nothing happens until then.
    var nextLimit: Deadline { min(deadline, stageEnd) }

    /// The limit that has passed, if one has.
    var passedLimit: TransferError? {
        if deadline.hasPassed { return .timedOut(.total) }
        return stageEnd.hasPassed ? .timedOut(stage) : nil
    }

    /// Bytes of the body that were handed over.
    var receivedCount: Int { skips ? 0 : bodyCount }

    /// Whether the response is known, and what is still to come of it is not wanted.
    var isAnswered: Bool { head != nil && skips }

    /// Whether the connection stands and the response's head is not complete.
    var isReadingHead: Bool { stage != .connect && head == nil }

    /// The length of the request's body.
    var requestCount: Int { requestBody.count }

    /// Whether every address that the name has given was refused.
    var isForbidden: Bool { allowedAddresses == 0 && refusedAddresses > 0 }

    // MARK: What libcurl reports

    /// Judges an address before a socket is made for it.
    func allows(_ address: UnsafePointer<curl_sockaddr>) -> Bool {
        let isAllowed = IPAddress(dialled: address).map(policy.allows) ?? false
        if isAllowed { allowedAddresses += 1 } else { refusedAddresses += 1 }
        return isAllowed
    }

    /// The connection stands; the request goes out now.
    func connected() {
        waitForNextStep()
    }

    /// Gives out the next piece of the request's body.
    func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = requestBody.read(into: buffer)
        waitForNextStep()
        return count
    }

    /// Begins the request's body again; `false` if there is no such position.
    func resend(from position: Int) -> Bool {
        requestBody.seek(to: position)
    }

    /// Either the server takes the next piece of the request, or its answer begins. Some answer before they have all of
    /// the request: then the stage is the answer's.
    private func waitForNextStep() {
        guard head == nil else { return }
        (stage, stageEnd) =
            requestBody.isAtEnd
            ? (.firstByte, Deadline(in: limits.firstByte)) : (.stall, Deadline(in: limits.stall))
    }

    /// Takes a header line; `false` stops the transfer.
    func header(_ line: UnsafeRawBufferPointer) -> Bool {
        switch headReader.read(line) {
        case .more:
            return true
        case .failed(let error):
            failure = error
            return false
        case .complete(let head):
            self.head = head
            return begin(head)
        }
    }

    /// Takes a piece of the body; `false` stops the transfer.
    func body(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (count, overflow) = bodyCount.addingReportingOverflow(bytes.count)
        bodyCount = overflow ? .max : count
        if skips { return bodyCount <= TransferLimits.drainBytes }
        stageEnd = Deadline(in: limits.stall)
        guard bodyCount <= limits.bodyBytes else {
            failure = .tooLarge(limit: limits.bodyBytes)
            return false
        }
        guard receive(bytes.bytes) else {
            failure = .stopped
            return false
        }
        return true
    }

    private func begin(_ head: ResponseHead) -> Bool {
        let isBodyless = method.isHead || head.isBodyless
        let announced = isBodyless ? 0 : head["content-length"].flatMap { Int($0) } ?? 0
        stage = .stall
        switch decide(head) {
        case .skip:
            skips = true
            stageEnd = Deadline(in: min(limits.stall, TransferLimits.drainTime))
            return announced <= TransferLimits.drainBytes
        case .receive:
            stageEnd = Deadline(in: limits.stall)
            guard announced <= limits.bodyBytes else {
                failure = .tooLarge(limit: limits.bodyBytes)
                return false
            }
            return true
        }
    }
}
