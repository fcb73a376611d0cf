/// A web server's folder.
package struct WebFolderSettings: Sendable, Equatable {
    /// The object's path is appended to it.
    package let baseUrl: WebURL
    /// Sends the host that the client asked instead of that of `baseUrl`.
    package let forwardHostHeaderToOrigin: Bool
}

extension WebFolderSettings {
    init(from section: Section) {
        baseUrl = section.required("baseUrl", .baseURL, for: "WEB_FOLDER")
        forwardHostHeaderToOrigin = section.value("forwardHostHeaderToOrigin", .boolean) ?? false
    }
}
