import Configuration
import Deadlines
import Management
import Transfer

/// Asks the HTTP API of a running installation with one account's key.
struct ManagementClient {
    private static let limits = TransferLimits(
        connect: .seconds(5), firstByte: .seconds(60), stall: .seconds(10), bodyBytes: 65_536)
    private static let totalLimit: Duration = .seconds(75)
    private static let path = "/v1/files/purge"

    private let server: WebURL
    private let authorization: String
    private let transfers: TransferClient

    /// - Parameter caFile: certificates that are trusted besides the system's; `nil` or empty for none.
    init(server: WebURL, key: String, caFile: String?) {
        self.server = server
        authorization = ClientSide.authorization(key: key)
        transfers = TransferClient(caFile: caFile.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Sends the purge once and returns its id.
    func purge(_ call: PurgeCall) throws(Complaint) -> String {
        let answer = try ask(.post([call.body]), Self.path)
        guard answer.status == 201, let id = answer.field("requestId") else { throw answer.complaint }
        return id
    }

    /// Whether a purge is at its end; false too while nobody can say so.
    func isCompleted(_ id: String) throws(Complaint) -> Bool {
        let answer = try ask(.get, Self.path + "/" + id)
        if answer.status == 503 { return false }
        guard answer.status == 200 else { throw answer.complaint }
        return answer.field("status") == "Completed"
    }

    private struct Answer {
        let status: Int
        let body: [UInt8]

        func field(_ name: String) -> String? { ClientSide.field(name, of: body) }

        var complaint: Complaint {
            Complaint("the server answers \(status): \(field("message") ?? "without a message of the HTTP API")")
        }
    }

    private func ask(_ method: TransferMethod, _ path: String) throws(Complaint) -> Answer {
        do {
            let url = try TransferURL(server.description + path)
            // The owner has named the server.
            var request = TransferRequest(
                purpose: "purge", url: url, policy: .configured, redirectPolicy: .configured, limits: Self.limits)
            request.method = method
            request.followsRedirects = false
            request.boundHeaders = [
                HeaderField("Authorization", authorization), HeaderField("Content-Type", "application/json"),
            ]
            let (head, body) = try transfers.exchange(request, deadline: Deadline(in: Self.totalLimit))
            return Answer(status: head.status, body: body)
        } catch {
            throw Complaint("\(server): \(error)")
        }
    }
}
