package import Configuration
import Deadlines
package import S3
package import Transfer

/// What every connection to the outside shares: connections themselves, and the credentials of the machine's role, which
/// are asked for once.
package struct Outside: Sendable {
    package let transfer: TransferClient
    package let roles: any S3CredentialSource

    /// - Parameters:
    ///   - environment: of the process; says where the role's credentials come from.
    ///   - observer: told of all that transfers meet.
    package init(
        _ configuration: Configuration, environment: [String: String], observer: TransferEvent.Observer? = nil
    ) {
        transfer = TransferClient(
            idleHandles: Self.idleConnections, caFile: configuration.network.caFile, observer: observer)
        let timeouts = configuration.timeouts
        roles = RoleCredentials(
            environment: environment, transfer: transfer,
            limits: TransferLimits(
                connect: timeouts.connect, firstByte: timeouts.firstByte, stall: timeouts.stall,
                bodyBytes: Self.documentBytes))
    }

    /// Kept in all; each holds three descriptors.
    private static let idleConnections = 128
    private static let documentBytes = 64 * 1024

    /// A client of the bucket that `settings` names.
    ///
    /// - Parameter purpose: as `S3Client` has it.
    package func bucket(
        _ settings: S3Settings, purpose: String, limits: TransferLimits
    ) throws(S3Error) -> S3Client {
        let bucket = try S3Bucket(
            settings.bucket, endpoint: settings.endpoint?.description, isPathStyle: settings.s3ForcePathStyle,
            prefix: settings.prefix)
        let keys = S3Credentials(accessKey: settings.keys.accessKey.value, secretKey: settings.keys.secretKey.value)
        let credentials: any S3CredentialSource = settings.keys.useIAMRole ? roles : keys
        return S3Client(bucket, credentials: credentials, transfer: transfer, purpose: purpose, limits: limits)
    }
}
