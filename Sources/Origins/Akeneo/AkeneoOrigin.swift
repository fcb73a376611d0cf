package import Deadlines
import Transfer

/// The media files of a product information system of Akeneo, read through its REST API (type `AKENEO_PIM`).
///
/// A path is a kind and a code: `media-files/CODE`, `asset-media-files/CODE` or `reference-entities-media-files/CODE`;
/// for any other nobody is asked.
package struct AkeneoOrigin: Origin {
    package let id: String
    let base: String
    let fetch: BearerFetch
    let settings: WebSettings

    /// - Parameters:
    ///   - baseURL: the server, without `/api` and without query.
    ///   - now: Unix seconds; tests have their own.
    ///
    /// Throws `.baseUrl`.
    package init(
        id: String, baseURL: String, credentials: AkeneoCredentials, settings: WebSettings,
        now: @escaping @Sendable () -> Int64 = { WallClock.unixSeconds }
    ) throws(OriginSettingsError) {
        base = try TransferURL(baseURL, of: .baseUrl).base
        self.id = id
        let service = TokenService(
            url: try TransferURL(base + "/api/oauth/v1/token", of: .baseUrl), originID: id, settings: settings, now: now
        )
        let tokens = AkeneoTokens(credentials, service: service)
        fetch = BearerFetch(
            fetch: WebFetch(client: settings.client, originID: id),
            tokens: AccessTokens(now: now) { (previous, deadline) throws(OriginError) in
                try tokens.make(after: previous, until: deadline)
            })
        self.settings = settings
    }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        guard let file = AkeneoMediaFile(request.path) else { throw .notFound }
        let transfer = try settings.namedRequest(base + file.path, purpose: id)
        return try fetch.open(transfer, request, deadline: deadline)
    }
}
