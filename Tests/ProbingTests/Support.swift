import Configuration
import CryptoExtras
import Glibc
import HostileOrigin
import OriginMaking
import Probing
import Testing

/// What stands in a configuration and must be seen nowhere else.
enum Secret {
    static let all = ["SECRET-KEY", "SECRET-PASS", "SECRETSIG"]
}

/// Origins of every kind as they stand in a file.
enum Origins {
    static func webFolder(_ url: String) -> String { "{ id: shop, type: WEB_FOLDER, baseUrl: \"\(url)\" }" }
    static let webProxy = "{ id: web, type: WEB_PROXY }"

    static func disk(_ path: String) -> String { "{ id: files, type: DISK, path: \"\(path)\" }" }

    static func s3(_ url: String, _ more: String = "s3ForcePathStyle: true") -> String {
        """
        { id: bucket, type: S3_COMPATIBLE, endpoint: "\(url)", bucket: photos, accessKey: known, \
        secretKey: SECRET-KEY, prefix: own, \(more) }
        """
    }

    static func role(_ url: String) -> String {
        "{ id: bucket, type: S3, endpoint: \"\(url)\", bucket: photos, useIAMRole: true }"
    }

    static func google(_ url: String, key: String? = nil) throws -> String {
        let pem = try key ?? made.get().pkcs8PEMRepresentation
        let escaped = pem.split(separator: "\n").joined(separator: "\\n")
        return """
            { id: google, type: GCS, endpoint: "\(url)", bucket: photos, clientEmail: "apus@project.example", \
            privateKey: "\(escaped)", prefix: own }
            """
    }

    static func azure(_ url: String, token: String = "?sv=1&se=2030-01-01T00%3A00%3A00Z&sp=r&sig=SECRETSIG") -> String {
        """
        { id: blobs, type: AZURE_BLOB, endpoint: "\(url)", accountName: pictures, container: photos, \
        sasToken: "\(token)" }
        """
    }

    static func akeneo(_ url: String) -> String {
        """
        { id: pim, type: AKENEO_PIM, baseUrl: "\(url)", clientId: client, clientSecret: SECRET-KEY, username: me, \
        password: SECRET-PASS }
        """
    }

    private static let made = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
}

func configuration(
    _ origins: [String], _ settings: String = "", timeouts: String = "{ total: 10s, connect: 5s, firstByte: 5s }"
) throws -> Configuration {
    let list = origins.map { "      - \($0)\n" }.joined()
    let yaml = """
        timeouts: \(timeouts)
        \(settings)
        accounts:
          - id: demo
            insecure: true
            origins:
        \(list)
        """
    return try Configuration.parse([UInt8](yaml.utf8), name: "test.yaml", folder: "/nowhere", environment: [:])
}

/// A probe of one origin, with what it says to the owner.
struct Probed {
    let finding: Finding
    let diagnosis: Diagnosis?
    let report: String

    init(
        _ origin: String, _ objects: [String] = [], settings: String = "",
        timeouts: String = "{ total: 10s, connect: 5s, firstByte: 5s }", environment: [String: String] = [:]
    ) throws {
        let configuration = try configuration([origin], settings, timeouts: timeouts)
        let choices = try objects.map { try ObjectChoice($0, in: configuration) }
        let findings = Probe(configuration, environment: environment).run(choices)
        try #require(findings.count == 1)
        finding = findings[0]
        diagnosis = Diagnosis(finding, timeouts: configuration.timeouts)
        report = "\(ProbeReport(findings, timeouts: configuration.timeouts))"
        for secret in Secret.all {
            #expect(!report.contains(secret) && !"\(finding) \(String(describing: diagnosis))".contains(secret))
        }
    }
}

extension Finding {
    var fetched: Fetched? { if case .fetched(let fetched) = outcome { fetched } else { nil } }
}

/// A folder that is gone, with what lies in it, when the test ends.
final class TemporaryFolder {
    let path: String
    private var made: [String] = []

    init() throws {
        var template = Array("/var/tmp/apus-probe-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure(call: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in made.reversed() { remove(path + "/" + name) }
        rmdir(path)
    }

    func write(_ name: String, _ text: String) throws {
        made.append(name)
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemFailure(call: "open", errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SystemFailure(call: "write", errno: errno)
        }
    }

    func makeFolder(_ name: String, mode: mode_t = 0o755) throws {
        made.append(name)
        guard mkdir(path + "/" + name, mode) == 0 else { throw SystemFailure(call: "mkdir", errno: errno) }
    }
}
