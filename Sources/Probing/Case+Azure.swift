import Deadlines
import HTTPRules

extension Case {
    /// Azure, "Blob Storage error codes" and "Create a service SAS".
    func forbiddenByAzure(_ reason: String?, _ token: String) -> Diagnosis {
        let refusal = "\(server) answers \(reason ?? "with status \(status ?? 403)")"
        switch reason {
        case "AuthenticationFailed", "NoAuthenticationInformation", "InvalidAuthenticationInfo":
            let others = "it may be damaged, for another container or account, or signed with a key that was changed"
            let times = Self.times(of: token)
            return Diagnosis(
                .credentials, "\(refusal): the sasToken is refused",
                hint: times.isEmpty ? others : "\(times); if that is well, \(others)")
        case "AuthorizationPermissionMismatch":
            return Diagnosis(.permission, "\(refusal): the sasToken does not allow it", hint: "its sp needs r")
        case "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch":
            return Diagnosis(
                .permission, "\(refusal): the sasToken is for something else",
                hint: "one of an account needs ss with b, and srt with o")
        case "AuthorizationSourceIPMismatch":
            return Diagnosis(.permission, "\(refusal): the sasToken is for other addresses than this machine's (sip)")
        case "AuthorizationProtocolMismatch":
            return Diagnosis(.permission, "\(refusal): the sasToken is for https only (spr)")
        case "AuthorizationFailure":
            return Diagnosis(
                .permission, "\(refusal): the storage account turns this machine away",
                hint: "its firewall, or a sasToken for another part of it")
        case "PublicAccessNotPermitted":
            return Diagnosis(.credentials, "\(refusal): the sasToken has no signature")
        default: return Diagnosis(.permission, refusal)
        }
    }

    /// When the signature begins and ends to be good, by its own word.
    private static func times(of token: String) -> String {
        let names = ["st=": "begins", "se=": "ends"]
        let fields = token.drop { $0 == "?" }.split(separator: "&")
        return fields.compactMap { field in
            guard let verb = names[String(field.prefix(3))] else { return nil }
            // A moment and nothing else: whatever else stands there may be secret.
            let time = field.dropFirst(3).replacing("%3A", with: ":").replacing("%3a", with: ":")
            let isTime = time.utf8.allSatisfy { (48...57).contains($0) || "-:TZ.".utf8.contains($0) }
            return isTime && time.utf8.count <= 32 ? "it \(verb) at \(time)" : nil
        }.joined(separator: " and ")
    }
}
