package import Deadlines
import Transfer

/// Originals anywhere on the web (type `WEB_PROXY`): the path is itself a URL, so its host is a stranger's choice.
package struct WebProxyOrigin: Origin {
    package let id: String
    private let settings: WebSettings

    /// `settings.strangers` judges every address.
    package init(id: String, settings: WebSettings) {
        self.id = id
        self.settings = settings
    }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        guard let text = request.absoluteURL else { throw .unidentified(.notAnAbsoluteURL) }
        let url: TransferURL
        do throws(TransferError) {
            url = try TransferURL(text + request.querySuffix(after: text))
        } catch {
            throw .unidentified(.notAnAbsoluteURL)
        }
        let transfer = settings.request(url, purpose: id, policy: settings.strangers)
        return try WebFetch(client: settings.client, originID: id)
            .open(transfer, request, deadline: deadline)
    }
}
