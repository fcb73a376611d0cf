import Delivery
import FastCGI
import Memory
import Processes

/// The slots of a worker: threads that each accept, answer and finish one request after the other.
struct SlotThreads {
    private var threads: [WorkThread] = []

    init(count: Int, listener: Listener, drain: Drain, delivery: Delivery, files: PassingThreads) throws {
        RequestSlot.startLibrary()
        let acceptor = try Acceptor(listener: listener, drain: drain)
        for number in 0..<count {
            let thread = try WorkThread(named: "slot-\(number)") {
                serve(RequestSlot(acceptor: acceptor, drain: drain), delivery, files)
            }
            threads.append(thread)
        }
    }

    /// Waits until every slot has answered what it had accepted; `drain` must have begun.
    func join() {
        for thread in threads { thread.join() }
    }
}

/// One slot's loop, until the worker drains.
private func serve(_ slot: consuming RequestSlot, _ delivery: Delivery, _ files: PassingThreads) {
    while let parameters = slot.next() {
        let request = DeliveryRequest(parameters)
        let response = delivery.answer(request)
        if let file = response.file {
            let beginning = response.head + response.body.copied
            files.pass(file, beginning: beginning, to: slot.handOver(), request: request.id)
            continue
        }
        do {
            try slot.write(head: response.head, body: response.body)
            slot.finish()
        } catch {
            slot.abandon()
        }
    }
}

extension DeliveryRequest {
    /// Reads the parameters that nginx sends (`nginx/`).
    fileprivate init(_ parameters: RequestParameters) {
        let target = parameters["REQUEST_URI"] ?? ""
        let question = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        self.init(
            method: parameters["REQUEST_METHOD"] ?? "",
            path: String(target[..<(question ?? target.endIndex)]),
            query: question.map { String(target[target.utf8.index(after: $0)...]) } ?? "",
            host: parameters["HTTP_HOST"] ?? "",
            remoteAddress: parameters["REMOTE_ADDR"] ?? "",
            accept: parameters["HTTP_ACCEPT"],
            ifNoneMatch: parameters["HTTP_IF_NONE_MATCH"],
            ifModifiedSince: parameters["HTTP_IF_MODIFIED_SINCE"],
            via: parameters["HTTP_VIA"],
            id: parameters["REQUEST_ID"] ?? "")
        widthHint = parameters["HTTP_SEC_CH_WIDTH"]
        pixelRatioHint = parameters["HTTP_SEC_CH_DPR"]
        clientIfNoneMatch = parameters["CLIENT_IF_NONE_MATCH"]
        clientIfModifiedSince = parameters["CLIENT_IF_MODIFIED_SINCE"]
        range = parameters["HTTP_RANGE"]
        ifRange = parameters["HTTP_IF_RANGE"]
        authorization = parameters["HTTP_AUTHORIZATION"]
        signature = parameters["HTTP_X_APUS_SIGNATURE"]
        body = parameters.body
        bodyIsTooLong = parameters.bodyIsTooLong
    }
}

extension DeliveryResponse {
    /// The header block of a CGI response (RFC 3875 §6.3).
    fileprivate var head: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.usualHeadBytes)
        bytes.append(contentsOf: "Status: \(status) \(reason)\r\n".utf8)
        for (name, value) in headers {
            bytes.append(contentsOf: name.utf8)
            bytes.append(contentsOf: ": ".utf8)
            bytes.append(contentsOf: value.utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        bytes.append(contentsOf: "\r\n".utf8)
        return bytes
    }

    private static let usualHeadBytes = 1024

    /// The reason phrase (RFC 9110 §15), which clients ignore and people read.
    private var reason: String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 206: "Partial Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 416: "Range Not Satisfiable"
        case 421: "Misdirected Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 508: "Loop Detected"
        default: ""
        }
    }
}
