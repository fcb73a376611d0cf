package import Configuration
import HTTPRules
package import Origins
import S3
import Transfer

/// Makes origins of their settings.
package struct OriginFactory: Sendable {
    private let outside: Outside
    private let settings: WebSettings

    package init(_ configuration: Configuration, outside: Outside) {
        self.outside = outside
        let timeouts = configuration.timeouts
        settings = WebSettings(
            client: outside.transfer,
            timeouts: OriginTimeouts(
                connect: timeouts.connect, firstByte: timeouts.firstByte, stall: timeouts.stall),
            strangers: .publicOnly(allowed: configuration.network.allow.compactMap { IPRange($0) }),
            redirects: configuration.limits.redirects, requestSource: configuration.network.requestedBy,
            via: configuration.via)
    }

    /// Throws for settings that look right in the file and of which no origin can be made, such as a key that is none.
    package func make(_ origin: OriginSettings) throws(OriginSettingsError) -> any Origin {
        switch origin.kind {
        case .disk(let path): DiskOrigin(id: origin.id, root: path)
        case .webProxy: WebProxyOrigin(id: origin.id, settings: settings)
        case .webFolder(let folder): try webFolder(folder, id: origin.id)
        case .s3(let bucket), .s3Compatible(let bucket): try s3(bucket, .plain, id: origin.id)
        case .cloudinaryBackup(let bucket): try s3(bucket, .percentEncoded, id: origin.id)
        case .gcs(let bucket):
            try GCSOrigin(
                id: origin.id, bucket: bucket.bucket, clientEmail: bucket.clientEmail,
                privateKey: bucket.privateKey.value, prefix: bucket.prefix, endpoint: bucket.endpoint?.description,
                settings: settings)
        case .azureBlob(let blob):
            try AzureBlobOrigin(
                id: origin.id, accountName: blob.accountName, container: blob.container,
                sasToken: blob.sasToken.value, prefix: blob.prefix, endpoint: blob.endpoint?.description,
                settings: settings)
        case .akeneoPIM(let akeneo):
            try AkeneoOrigin(
                id: origin.id, baseURL: akeneo.baseUrl.description,
                credentials: AkeneoCredentials(
                    clientID: akeneo.clientId.value, clientSecret: akeneo.clientSecret.value,
                    username: akeneo.username.value, password: akeneo.password.value),
                settings: settings)
        }
    }

    private func webFolder(_ folder: WebFolderSettings, id: String) throws(OriginSettingsError) -> any Origin {
        do throws(TransferError) {
            return try WebFolderOrigin(
                id: id, baseURL: folder.baseUrl.description,
                forwardHostHeaderToOrigin: folder.forwardHostHeaderToOrigin, settings: settings)
        } catch {
            throw .baseUrl
        }
    }

    private func s3(
        _ bucket: S3Settings, _ spelling: S3Origin.KeySpelling, id: String
    ) throws(OriginSettingsError) -> any Origin {
        let limits = TransferLimits(
            connect: settings.timeouts.connect, firstByte: settings.timeouts.firstByte,
            stall: settings.timeouts.stall, bodyBytes: .max)
        do throws(S3Error) {
            let client = try outside.bucket(bucket, purpose: id, limits: limits)
            return S3Origin(id: id, bucket: client, spelling: spelling, settings: settings)
        } catch {
            throw error == .badEndpoint ? .endpoint : .bucket
        }
    }
}
