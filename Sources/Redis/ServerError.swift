/// An error that a live Redis answered: it understood us and said no.
package struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The upper-case word that Redis' error replies begin with. Words that are not listed here survive as they are.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let general = Code(rawValue: "ERR")
        /// The key holds another type than the command works on.
        package static let wrongType = Code(rawValue: "WRONGTYPE")
        /// `maxmemory` is reached and nothing may be evicted.
        package static let outOfMemory = Code(rawValue: "OOM")
        /// A write sent to a replica.
        package static let readOnly = Code(rawValue: "READONLY")
        /// Writes are stopped because snapshots fail.
        package static let misconfigured = Code(rawValue: "MISCONF")
        /// The data set is still being read from disk.
        package static let loading = Code(rawValue: "LOADING")
        /// A replica that has lost its primary and is told not to answer then.
        package static let masterDown = Code(rawValue: "MASTERDOWN")
        /// The cluster cannot work, or nobody owns the key's slot.
        package static let clusterDown = Code(rawValue: "CLUSTERDOWN")
        /// Another node owns the key's slot; see `Redirection`.
        package static let moved = Code(rawValue: "MOVED")
        /// Another node has the key, if any does; see `Redirection`.
        package static let ask = Code(rawValue: "ASK")
        /// The user may not use the command.
        package static let forbidden = Code(rawValue: "NOPERM")
        package static let passwordNeeded = Code(rawValue: "NOAUTH")
        package static let passwordWrong = Code(rawValue: "WRONGPASS")
    }

    package let code: Code
    /// The whole line as Redis sent it, cut to `longestMessage` bytes. For logs.
    package let message: String

    /// Enough for a redirection to a host with the longest name there is.
    static let longestMessage = 300
    /// What Redis says before it closes a connection that is one too many.
    private static let tooManyClients = "ERR max number of clients"

    package init(line: String) {
        let word = line.prefix { $0 != " " }
        code = Code(rawValue: String(word.prefix(32)))
        message = String(line.prefix(ServerError.longestMessage))
    }

    /// Whether no other command would fare better on this connection.
    var dooms: Bool {
        code == .passwordNeeded || code == .passwordWrong || message.hasPrefix(ServerError.tooManyClients)
    }

    /// Whether the server says that it is a replica. Up to version 6 the error of a command in a script comes wrapped in
    /// one of the script.
    var isOfReplica: Bool {
        code == .readOnly || code == .masterDown || message.contains("-READONLY ")
    }

    package var description: String { message }
}
