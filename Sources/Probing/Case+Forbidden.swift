import Configuration
import Deadlines
import Glibc
import Origins

extension Case {
    /// What the token service refuses.
    func signInRefused(_ reason: String?) -> Diagnosis {
        let hint: String? =
            switch settings.kind {
            case .gcs:
                "does privateKey belong to clientEmail, is the key still active there, is this machine's clock right?"
            case .akeneoPIM:
                "clientId and clientSecret are those of a connection, username and password those of its user"
            default: nil
            }
        return Diagnosis(.credentials, "\(server) refuses to sign us in\(inBrackets(reason))", hint: hint)
    }

    /// What whoever has the object refuses.
    func forbidden(_ reason: String?) -> Diagnosis {
        switch settings.kind {
        case .disk(let path): forbiddenOnDisk(path)
        case .s3, .s3Compatible, .cloudinaryBackup: forbiddenByBucket(reason)
        case .gcs: forbiddenByGoogle(reason)
        case .azureBlob(let blob): forbiddenByAzure(reason, blob.sasToken.value)
        case .akeneoPIM:
            status == 401
                ? Diagnosis(.credentials, "\(server) does not take the access tokens that it hands out")
                : Diagnosis(
                    .permission, "\(server) does not let this user read the file\(inBrackets(reason))",
                    hint: "the user's role needs the Web API permissions for media files")
        case .webFolder, .webProxy:
            Diagnosis(
                .permission, "\(server) answers with status \(status ?? 403)",
                hint: guessedHint
                    ?? "originals are asked for without signing in, with x-req-from: does a firewall know it?")
        }
    }

    private func forbiddenOnDisk(_ path: String) -> Diagnosis {
        let user = "the user of this process (uid \(geteuid()))"
        return if step == .listing {
            Diagnosis(.permission, "\(user) may not read the folder \(path)")
        } else {
            Diagnosis(
                .permission, "\(user) may not read \(objectName) in \(path)",
                hint: "folders on the way need the execute permission, the file the read permission")
        }
    }

    /// The S3 API, "Error responses".
    private func forbiddenByBucket(_ reason: String?) -> Diagnosis {
        let refusal = "\(server) answers \(reason ?? "with status \(status ?? 403)")"
        switch reason {
        case "InvalidAccessKeyId":
            return Diagnosis(.credentials, "\(refusal): nobody there knows this accessKey", hint: roleHint)
        case "SignatureDoesNotMatch":
            return Diagnosis(
                .credentials, "\(refusal): secretKey is not the one of this accessKey",
                hint: "it may be cut off; or a proxy on the way changes what is signed, such as Host")
        case "RequestTimeTooSkewed":
            return Diagnosis(.credentials, "\(refusal): this machine's clock and the server's differ too much")
        case "ExpiredToken", "InvalidToken":
            return Diagnosis(.credentials, "\(refusal): the role's session has ended or is none", hint: roleHint)
        case "InvalidObjectState":
            return Diagnosis(
                .permission, "\(refusal): \(objectName) lies in an archive", hint: "it has to be restored first")
        case let code? where code.hasPrefix("KMS."):
            return Diagnosis(
                .permission, "\(refusal): the object's key may not be used",
                hint: "the credentials need kms:Decrypt for the key that it is encrypted with")
        default:
            let may =
                "the credentials may not read \(step == .guessing ? "or list" : "this object"), or it does not exist"
            return Diagnosis(
                .permission,
                "\(refusal): " + (step == .guessing ? guessedRefusal : "\(may) and they may not list the bucket"),
                hint: "reading needs s3:GetObject; with s3:ListBucket a missing object is told from a forbidden one")
        }
    }

    private var roleHint: String? {
        guard case .s3(let bucket) = settings.kind, bucket.keys.useIAMRole else { return nil }
        return "the credentials are those of this machine's role"
    }

    /// Google, "XML API: HTTP status and error codes".
    private func forbiddenByGoogle(_ reason: String?) -> Diagnosis {
        let refusal = "\(server) answers \(reason ?? "with status \(status ?? 403)")"
        if status == 401 {
            return Diagnosis(.credentials, "\(refusal): it does not take the access tokens of this service account")
        }
        switch reason {
        case "UserProjectMissing":
            return Diagnosis(.permission, "\(refusal): the bucket lets who asks pay, which is not supported")
        case "AccountProblem", "UserProjectAccountProblem":
            return Diagnosis(.permission, "\(refusal): something is wrong with the project's billing")
        default:
            return Diagnosis(
                .permission,
                "\(refusal): "
                    + (step == .guessing
                        ? guessedRefusal
                        : "the service account may not read this object, or it does not exist and it may not list"),
                hint: "the role Storage Object Viewer on the bucket allows both")
        }
    }

    var guessedRefusal: String { "we may not list, and are refused a name that nothing has as well" }

    /// Where a name was asked for that nothing has, the refusal may be the server's way to say so.
    private var guessedHint: String? {
        step == .guessing ? "it may say so of every missing file: name one that is there with --object" : nil
    }

    func inBrackets(_ reason: String?) -> String { reason.map { " (\($0))" } ?? "" }
}
