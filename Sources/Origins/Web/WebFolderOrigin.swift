package import Deadlines
package import Transfer

/// Originals on a web server, below a URL (type `WEB_FOLDER`). The owner has named the host, so it may be private.
package struct WebFolderOrigin: Origin {
    package let id: String
    private let base: String
    private let forwardsHost: Bool
    private let settings: WebSettings

    /// - Parameters:
    ///   - baseURL: without query; a slash at its end makes no difference.
    ///   - forwardHostHeaderToOrigin: whether `Host` is what the client has asked, instead of the base URL's host.
    ///
    /// Throws `.badURL`.
    package init(
        id: String, baseURL: String, forwardHostHeaderToOrigin: Bool = false, settings: WebSettings
    ) throws(TransferError) {
        let url = try TransferURL(baseURL)
        guard !url.text.contains("?") else { throw .badURL }
        self.id = id
        base = String(url.text.reversed().drop { $0 == "/" }.reversed())
        forwardsHost = forwardHostHeaderToOrigin
        self.settings = settings
    }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        guard request.path.staysInside else { throw .notFound }
        let text = "\(base)/\(request.path.encoded)"
        let url: TransferURL
        do throws(TransferError) {
            url = try TransferURL(text + request.querySuffix(after: text))
        } catch {
            throw OriginError(error)
        }
        var transfer = settings.request(url, purpose: id, policy: .configured)
        if forwardsHost, let host = request.clientHost { transfer.boundHeaders = [HeaderField("Host", host)] }
        return try WebFetch(client: settings.client, originID: id)
            .open(transfer, request, deadline: deadline)
    }
}
