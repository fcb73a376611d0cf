/// What an Akeneo is signed in to with: the connection's id and secret, and a user's name and password. Printing it
/// shows nothing of it.
package struct AkeneoCredentials: Sendable {
    let clientID: String
    let clientSecret: String
    let username: String
    let password: String

    package init(clientID: String, clientSecret: String, username: String, password: String) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.username = username
        self.password = password
    }
}

extension AkeneoCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(credentials)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
