/// A bucket of Google Cloud Storage, read by a service account.
package struct GCSSettings: Sendable, Equatable {
    /// The bucket's name, at most 100 characters.
    package let bucket: String
    /// The e-mail address of the service account.
    package let clientEmail: String
    /// PEM.
    package let privateKey: Secret
    /// Put before every object's name; may be empty.
    package let prefix: String
    /// `nil` means Google's own.
    package let endpoint: WebURL?
}

/// A container of Azure Blob Storage.
package struct AzureBlobSettings: Sendable, Equatable {
    /// The storage account.
    package let accountName: String
    /// The container in it.
    package let container: String
    /// A shared access signature, with its leading `?`.
    package let sasToken: Secret
    /// Put before every object's name; may be empty.
    package let prefix: String
    /// `nil` means Azure's own.
    package let endpoint: WebURL?
}

/// A product information system of Akeneo.
package struct AkeneoSettings: Sendable, Equatable {
    /// The server, without `/api`.
    package let baseUrl: WebURL
    /// The connection's id and secret, then the user's name and password (OAuth 2 password grant).
    package let clientId: Secret
    package let clientSecret: Secret
    package let username: Secret
    package let password: Secret
}

extension GCSSettings {
    init(from section: Section) {
        bucket = section.required("bucket", .text(max: 100), for: "GCS")
        clientEmail = section.required("clientEmail", .emailAddress, for: "GCS")
        privateKey = section.required("privateKey", .privateKeyPEM, for: "GCS")
        prefix = section.value("prefix", .possiblyEmptyText(max: 100)) ?? ""
        endpoint = section.value("endpoint", .baseURL)
    }
}

extension AzureBlobSettings {
    init(from section: Section) {
        accountName = section.required("accountName", .text(max: 100), for: "AZURE_BLOB")
        container = section.required("container", .text(max: 100), for: "AZURE_BLOB")
        sasToken = section.required("sasToken", .sasToken, for: "AZURE_BLOB")
        prefix = section.value("prefix", .possiblyEmptyText(max: 100)) ?? ""
        endpoint = section.value("endpoint", .baseURL)
    }
}

extension AkeneoSettings {
    init(from section: Section) {
        baseUrl = section.required("baseUrl", .baseURL, for: "AKENEO_PIM")
        clientId = section.required("clientId", .secret(max: 100), for: "AKENEO_PIM")
        clientSecret = section.required("clientSecret", .secret(max: 100), for: "AKENEO_PIM")
        username = section.required("username", .secret(max: 100), for: "AKENEO_PIM")
        password = section.required("password", .secret(max: 100), for: "AKENEO_PIM")
    }
}
