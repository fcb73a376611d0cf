import CCurl
import Deadlines
import HTTPRules
import Memory

/// One request and its response while they are under way: what libcurl's callbacks read and write.
///
/// Used by one thread at a time, between the start and the end of a transfer.
final class Exchange {
    let method: TransferMethod
    let policy: AddressPolicy
    private let limits: TransferLimits
    /// Ends everything, whatever the stage.
    var deadline: Deadline

    /// What we ourselves have found wrong; goes before what libcurl makes of the stop.
    private(set) var failure: TransferError?
    private(set) var head: ResponseHead?
    /// What is still to be sent.
    private var requestBody: BodyReader
    /// What has come of the response's body and nobody has taken yet.
    private var arrived: [UInt8] = []
    /// libcurl holds the next piece back until the body is wanted again.
    private(set) var isPaused = false
    private var headReader: HeadReader
    private var stage = TransferStage.connect
    private var stageEnd: Deadline
    private let observer: TransferEvent.Observer?
    private var allowedAddresses = 0
    private var refusedAddresses = 0

    /// How much of a body waits to be taken, in bytes; a single piece of libcurl's is smaller.
    private static let arrivedLimit = 256 * 1024

    init(
        _ method: TransferMethod, policy: AddressPolicy, limits: TransferLimits, deadline: Deadline,
        observer: TransferEvent.Observer? = nil
    ) {
        self.method = method
        self.policy = policy
        requestBody = BodyReader(method.body ?? [])
        self.limits = limits
        self.deadline = deadline
        self.observer = observer
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

    /// Whether the connection stands and the response's head is not complete.
    var isReadingHead: Bool { stage != .connect && head == nil }

    /// The length of the request's body.
    var requestCount: Int { requestBody.count }

    /// Whether every address that the name has given was refused.
    var isForbidden: Bool { allowedAddresses == 0 && refusedAddresses > 0 }

    // MARK: The body, for whoever wants it

    var hasArrived: Bool { !arrived.isEmpty }

    /// Lends what has come of the body, and forgets it.
    func take(_ use: (RawSpan) -> Void) {
        use(arrived.span.bytes)
        arrived.removeAll(keepingCapacity: true)
    }

    /// For a body that nobody wants any more.
    func forget() {
        arrived = []
    }

    /// The next piece is waited for from now on: while nobody wanted one, none could be late.
    func wantMore() {
        isPaused = false
        stageEnd = Deadline(in: limits.stall)
    }

    // MARK: What libcurl reports

    /// Judges an address before a socket is made for it.
    func allows(_ address: UnsafePointer<curl_sockaddr>) -> Bool {
        let dialled = IPAddress(dialled: address)
        let isAllowed = dialled.map(policy.allows) ?? false
        if let observer, let dialled { observer(.dialling(dialled, isAllowed: isAllowed)) }
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
            (stage, stageEnd) = (.stall, Deadline(in: limits.stall))
            return true
        }
    }

    /// Takes a piece of the body; `false`: not now.
    func body(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard arrived.isEmpty || arrived.count + bytes.count <= Self.arrivedLimit else {
            isPaused = true
            return false
        }
        arrived.append(contentsOf: bytes)
        stageEnd = Deadline(in: limits.stall)
        return true
    }
}
