import Deadlines
import Delivery
import Metrics
import Processes
import RedisFixture

extension Installation {
    /// Asks for a purge as a client of the HTTP API does.
    func purge(_ value: String, field: String = "url", key: String = "first-key") -> DeliveryResponse {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\" + String(scalar)
            case "\u{0}"..<" ": text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return get("/v1/files/purge") {
            $0.method = "POST"
            $0.authorization = "Basic \(key)"
            $0.body = [UInt8]("{\"\(field)\": \"\(text)\"}".utf8)
        }
    }

    func count(_ counter: Counter) -> UInt64 { metrics.count(of: counter) }

    /// Waits until the store has been given that many entries.
    func hasStored(_ number: UInt64) -> Bool { eventually { count(.entries(.store, .kept)) >= number } }

    /// Answers one request on a thread of its own.
    func getInBackground(_ target: String, ifNoneMatch: String? = nil) throws -> PendingAnswer {
        let answer = Monitor<DeliveryResponse?>(nil)
        let delivery = delivery
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let request = DeliveryRequest(
            path: parts[0], query: parts.count > 1 ? parts[1] : "", host: "localhost", remoteAddress: "203.0.113.9",
            ifNoneMatch: ifNoneMatch)
        let thread = try WorkThread(named: "request") {
            let response = delivery.answer(request)
            answer.update { $0 = response }
        }
        return PendingAnswer(thread: thread, answer: answer)
    }
}

/// A request that is being answered.
struct PendingAnswer {
    let thread: WorkThread
    fileprivate let answer: Monitor<DeliveryResponse?>

    /// Whether it was answered without further ado; what it waits for is the test's to release.
    func isAnswered(within patience: Duration = RedisServer.patience) -> Bool {
        answer.wait(until: Deadline(in: patience)) { $0 == nil ? nil : true } ?? false
    }

    /// Waits for the answer. To be called once.
    func response() -> DeliveryResponse? {
        thread.join()
        return answer.withLock { $0 }
    }
}

/// A gate that a scripted server waits at, so that its answers come when the test likes.
final class Gate: Sendable {
    private let isOpen = Monitor(false)

    func open() { isOpen.update { $0 = true } }

    /// Returns when the gate is open, or after a time that no test should take.
    func pass() { _ = isOpen.wait(until: Deadline(in: .seconds(30))) { $0 ? true : nil } }
}
