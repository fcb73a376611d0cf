/// What goes along while a file is read: where its placeholders come from and what was found wrong so far.
final class Reading {
    let environment: [String: String]
    /// The folder of the file, absolute: relative paths start there.
    let folder: String
    private(set) var problems: [ConfigurationProblem] = []
    /// By scope and value, the place that had the value first.
    private var claims: [[String]: String] = [:]

    init(environment: [String: String], folder: String) {
        self.environment = environment
        self.folder = folder
    }

    func report(_ reason: ConfigurationProblem.Reason, at path: String) {
        problems.append(ConfigurationProblem(path: path, reason: reason))
    }

    /// Claims a value that may occur once in a scope.
    func claim(_ value: String, in scope: String, at path: String) throws(ConfigurationProblem.Reason) {
        if let first = claims[[scope, value]] { throw .duplicate(first: first) }
        claims[[scope, value]] = path
    }
}

/// A single value of the file with its placeholders replaced.
struct Scalar {
    let text: String
    /// As the file has it, for messages: what `${…}` stands for must not be shown.
    let raw: String
    let path: String
    let reading: Reading
}
