import JSONReading

/// The body of `POST /v1/files/purge`. Fields that are not known here are passed over.
package struct PurgeCall: Sendable, Equatable {
    /// What to purge; ImageKit knows `url` alone.
    package enum Subject: Sendable, Equatable {
        case url(String)
        case tag(String)
        case origin(String)
    }

    package let subject: Subject
    /// Tells accounts that share a key apart, where no URL does.
    package let account: String?

    package init(_ subject: Subject, account: String? = nil) {
        self.subject = subject
        self.account = account
    }

    /// Reads a body, which is bounded by what is read of a body at all. Exactly one field must say what to purge.
    init(body: [UInt8]) throws(ManagementError) {
        guard case .object(let fields) = JSON(body) else { throw .notJSON }
        let url = try Self.text("url", fields)
        let tag = try Self.text("tag", fields)
        let origin = try Self.text("origin", fields)
        account = try Self.text("account", fields)
        switch (url, tag, origin) {
        case (let url?, nil, nil): subject = .url(url)
        case (nil, let tag?, nil): subject = .tag(tag)
        case (nil, nil, let origin?): subject = .origin(origin)
        default: throw .notOneTarget
        }
    }

    /// A field that is null is as good as none.
    private static func text(_ name: String, _ fields: [String: JSON]) throws(ManagementError) -> String? {
        switch fields[name] {
        case nil, .null: nil
        case .string(let text): text
        default: throw .notText(field: name)
        }
    }

    /// The body, for a client.
    package var body: [UInt8] {
        let field =
            switch subject {
            case .url(let text): (name: "url", value: text)
            case .tag(let text): (name: "tag", value: text)
            case .origin(let id): (name: "origin", value: id)
            }
        return JSON.text([field] + (account.map { [("account", $0)] } ?? []))
    }
}
