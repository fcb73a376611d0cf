package import Configuration
import Origins
import Transfer

/// What is wrong with an origin, in the words of its owner's configuration: the one place where findings become
/// sentences. Never holds a secret: names of settings, hosts and paths are all that it has.
package struct Diagnosis: Equatable, Sendable {
    /// Which part of the way is broken.
    package enum Part: String, Sendable {
        case settings, name, connection
        case tls = "TLS"
        case credentials, permission, path, answer, time
    }

    package let part: Part
    /// What is wrong.
    package let sentence: String
    /// What to do about it, where anything can be said.
    package let hint: String?

    init(_ part: Part, _ sentence: String, hint: String? = nil) {
        self.part = part
        self.sentence = sentence
        self.hint = hint
    }

    /// `nil`: nothing is wrong.
    package init?(_ finding: Finding, timeouts: Configuration.Timeouts = Configuration.Timeouts()) {
        guard case .failed(let failure) = finding.outcome else { return nil }
        switch failure.cause {
        case .settings(let error): self.init(.settings, "\(error)")
        case .origin(let error):
            self = Case(settings: finding.settings, trail: finding.trail, step: failure.step, timeouts: timeouts)
                .diagnosis(of: error)
        }
    }
}

/// The circumstances of a failure.
struct Case {
    let settings: OriginSettings
    let trail: Trail
    let step: Finding.Step
    let timeouts: Configuration.Timeouts

    /// `host:port` of the server that was asked last.
    var server: String { trail.servers.last.map { "\($0)" } ?? "the server" }
    var host: String { trail.servers.last?.host ?? "the host" }
    var status: Int? { trail.servers.last?.status }

    func diagnosis(of error: OriginError) -> Diagnosis {
        switch error {
        case .notFound: notFound
        case .forbidden(let reason, .tokenService): signInRefused(reason)
        case .forbidden(let reason, .object), .forbidden(let reason, .credentials): forbidden(reason)
        case .refused:
            Diagnosis(
                .connection, "nobody listens on \(server)",
                hint: "is the port right, is the server running, does a firewall turn this machine away?")
        case .timedOut(let stage): late(stage)
        case .tooLarge(let limit): Diagnosis(.answer, "the answer is longer than \(limit) bytes")
        case .unidentified(let fault): diagnosis(of: fault)
        case .crowded: Diagnosis(.connection, error.message)
        }
    }

    private func diagnosis(of fault: OriginError.Fault) -> Diagnosis {
        switch fault {
        case .status(let status, _, let reason): statusAnswered(status, reason)
        case .contentCoding:
            Diagnosis(
                .answer, "\(server) sends a content coding though none was asked for",
                hint: "switch compression off there for requests without Accept-Encoding")
        case .otherRange: Diagnosis(.answer, "\(server) sends another part than it was asked for")
        case .transfer(let error): diagnosis(of: error)
        case .notAnAbsoluteURL:
            Diagnosis(.path, "\(objectName) is not an absolute http or https URL")
        case .folderMissing:
            Diagnosis(
                .path, "there is no folder \(settings.folder ?? "")",
                hint: "path is absolute or relative to the file; is its volume mounted?")
        case .bucketMissing: bucketMissing
        case .noToken:
            Diagnosis(
                .credentials, "\(server) hands out no access tokens, or sends something that is none",
                hint: settings.tokenServiceHint)
        case .noCredentials(let problem): diagnosis(of: problem)
        case .changedWhileRead: Diagnosis(.path, "\(objectName) is being changed", hint: "try again")
        case .system(let number): Diagnosis(.answer, "it cannot be read: \(systemText(number))")
        }
    }

    private var notFound: Diagnosis {
        let hint: String? =
            switch settings.kind {
            case .akeneoPIM:
                "a path is media-files/CODE, asset-media-files/CODE or reference-entities-media-files/CODE"
            case .webFolder: "the path is what stands behind baseUrl"
            case .webProxy: nil
            case .disk(let path): "the path is what stands below \(path); links that lead out of it are not followed"
            case .s3, .s3Compatible, .cloudinaryBackup, .gcs, .azureBlob:
                settings.prefix.map {
                    $0.isEmpty ? "the origin has no prefix" : "the origin's prefix \($0) goes before it"
                }
            }
        return Diagnosis(.path, "there is no object \(objectName)", hint: hint)
    }

    private var bucketMissing: Diagnosis {
        let what = if case .azureBlob = settings.kind { "container" } else { "bucket" }
        return Diagnosis(
            .path, "there is no \(what) \(settings.bucket ?? "") at \(server)",
            hint: "is \(what) spelled right, and endpoint, if there is one, the right one?")
    }

    private func statusAnswered(_ status: Int, _ reason: String?) -> Diagnosis {
        let hint: String? =
            switch status {
            case 300..<400: "it sends us elsewhere: is the address right, has the bucket moved to another region?"
            case 407: "that is a proxy: origins are reached without one"
            case 429: "it is asked too often already"
            case 508: "the request has come back to this installation: the origin must not lead to Apus"
            case 500...599: "the fault is on its side"
            default: nil
            }
        return Diagnosis(.answer, "\(server) answers with status \(status)\(inBrackets(reason))", hint: hint)
    }

    private func late(_ stage: TransferStage) -> Diagnosis {
        let isResolved = trail.servers.last.map { !$0.addresses.isEmpty } ?? true
        return switch stage {
        case .connect where !isResolved:
            Diagnosis(
                .name, "the address of \(host) is not known after \(timeouts.connect) (timeouts.connect)",
                hint: "does this machine's name server answer?")
        case .connect:
            Diagnosis(
                .connection, "no connection to \(server) after \(timeouts.connect) (timeouts.connect)",
                hint: "a firewall may drop what is sent there, or nobody speaks TLS on that port")
        case .firstByte:
            Diagnosis(.time, "\(server) does not answer within \(timeouts.firstByte) (timeouts.firstByte)")
        case .stall: Diagnosis(.time, "\(server) stops sending for \(timeouts.stall) (timeouts.stall)")
        case .total: Diagnosis(.time, "not done after \(timeouts.total) (timeouts.total)")
        }
    }

    /// What was asked for, as the owner would name it.
    var objectName: String {
        switch step {
        case .fetching(let name): name
        case .making, .listing, .guessing: "of that name"
        }
    }
}
