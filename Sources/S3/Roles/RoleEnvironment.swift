/// The variables that Amazon's SDKs read. One that is empty counts as missing.
struct RoleEnvironment {
    private let variables: [String: String]

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    subscript(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A variable that must be there, in characters that a header field can carry. Throws `.badSetting`.
    func secret(_ name: String) throws(CredentialProblem.Reason) -> String {
        guard let value = self[name], value.isPlain else { throw .badSetting(name) }
        return value
    }

    /// An http or https URL; `nil` if the variable is missing. Throws `.badSetting`.
    func base(_ name: String) throws(CredentialProblem.Reason) -> ServiceBase? {
        guard let text = self[name] else { return nil }
        guard let base = ServiceBase(text) else { throw .badSetting(name) }
        return base
    }

    func isTrue(_ name: String) -> Bool {
        self[name]?.lowercased() == "true"
    }
}
