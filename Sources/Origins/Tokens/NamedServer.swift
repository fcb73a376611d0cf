import Transfer

extension TransferURL {
    /// A URL that objects are asked for below: without query. Throws `setting` for anything else.
    init(_ text: String, of setting: OriginSettingsError) throws(OriginSettingsError) {
        guard let url = try? TransferURL(text), !url.text.contains("?") else { throw setting }
        self = url
    }

    /// The text without slashes at its end.
    var base: String { String(text.reversed().drop { $0 == "/" }.reversed()) }
}

extension WebSettings {
    /// A request for what a server that the owner has named has at `text`.
    func namedRequest(_ text: String, purpose: String) throws(OriginError) -> TransferRequest {
        do throws(TransferError) {
            return request(try TransferURL(text), purpose: purpose, policy: .configured)
        } catch {
            throw OriginError(error)
        }
    }

    /// The same for a bucket, which redirects nobody: where a redirect would lead no credentials are to go.
    func bucketRequest(_ text: String, purpose: String) throws(OriginError) -> TransferRequest {
        var request = try namedRequest(text, purpose: purpose)
        request.followsRedirects = false
        return request
    }
}
