/// One place that originals come from, as configured: the fields of ImageKit's accounts API (platform reference §3).
package struct OriginSettings: Sendable, Equatable {
    /// Letters, digits, `-`, `_` and `.`, 1…100; unique in the account.
    package let id: String
    /// For people: letters, digits and spaces, 1…100.
    package let name: String?
    /// Adds a canonical `Link` to the answer; `baseUrlForCanonicalHeader` is then there.
    package let includeCanonicalHeader: Bool
    /// What the canonical `Link` begins with.
    package let baseUrlForCanonicalHeader: WebURL?
    /// What kind of place, with its own settings.
    package let kind: Kind

    /// The nine kinds; which of them work yet is for those who use them to say.
    package enum Kind: Sendable, Equatable {
        case s3(S3Settings)
        case s3Compatible(S3Settings)
        case cloudinaryBackup(S3Settings)
        case webFolder(WebFolderSettings)
        case webProxy
        case gcs(GCSSettings)
        case azureBlob(AzureBlobSettings)
        case akeneoPIM(AkeneoSettings)
        /// A folder; its absolute path.
        case disk(path: String)
    }

    /// The kinds by the name they have in the file.
    package enum KindName: String, Sendable, CaseIterable {
        case s3 = "S3"
        case s3Compatible = "S3_COMPATIBLE"
        case cloudinaryBackup = "CLOUDINARY_BACKUP"
        case webFolder = "WEB_FOLDER"
        case webProxy = "WEB_PROXY"
        case gcs = "GCS"
        case azureBlob = "AZURE_BLOB"
        case akeneoPIM = "AKENEO_PIM"
        case disk = "DISK"
    }

    /// What the file calls this kind, for messages.
    package var kindName: KindName {
        switch kind {
        case .s3: .s3
        case .s3Compatible: .s3Compatible
        case .cloudinaryBackup: .cloudinaryBackup
        case .webFolder: .webFolder
        case .webProxy: .webProxy
        case .gcs: .gcs
        case .azureBlob: .azureBlob
        case .akeneoPIM: .akeneoPIM
        case .disk: .disk
        }
    }
}

extension OriginSettings {
    init(from section: Section, account: String) {
        id = section.required("id", .originID.unique(in: account + ".origins"))
        name = section.value("name", .displayName)
        includeCanonicalHeader = section.value("includeCanonicalHeader", .boolean) ?? false
        if includeCanonicalHeader {
            baseUrlForCanonicalHeader = section.required(
                "baseUrlForCanonicalHeader", .baseURL, where: "includeCanonicalHeader is true"
            )
        } else {
            baseUrlForCanonicalHeader = section.value("baseUrlForCanonicalHeader", .baseURL)
        }
        kind = Kind(from: section)
    }
}

extension OriginSettings.Kind {
    fileprivate init(from section: Section) {
        guard let name: OriginSettings.KindName = section.choice("type", isRequired: true) else {
            section.ignoreRest()
            self = .webProxy
            return
        }
        switch name {
        case .s3: self = .s3(S3Settings(from: section, type: .s3))
        case .s3Compatible: self = .s3Compatible(S3Settings(from: section, type: .s3Compatible))
        case .cloudinaryBackup: self = .cloudinaryBackup(S3Settings(from: section, type: .cloudinaryBackup))
        case .webFolder: self = .webFolder(WebFolderSettings(from: section))
        case .webProxy: self = .webProxy
        case .gcs: self = .gcs(GCSSettings(from: section))
        case .azureBlob: self = .azureBlob(AzureBlobSettings(from: section))
        case .akeneoPIM: self = .akeneoPIM(AkeneoSettings(from: section))
        case .disk: self = .disk(path: section.required("path", .path, for: "DISK"))
        }
    }
}
