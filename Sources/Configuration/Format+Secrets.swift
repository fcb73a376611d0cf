extension Format<Secret> {
    /// 1…`max` characters without control characters.
    static func secret(max: Int) -> Format {
        Format(expected: "a text of 1 to \(max) characters", blank: Secret(""), isSecret: true) {
            isPlainText($0, 1...max) ? Secret($0) : nil
        }
    }

    /// A key that must not be given, though it may stand there empty.
    static var emptySecret: Format {
        Format(expected: "left out where useIAMRole is true", blank: Secret(""), isSecret: true) {
            $0.isEmpty ? Secret("") : nil
        }
    }

    /// The private key of a service account.
    static var privateKeyPEM: Format {
        Format(expected: "a private key in PEM form", blank: Secret(""), isSecret: true) { text in
            let isPEM = text.hasPrefix("-----BEGIN ") && text.contains("PRIVATE KEY-----") && text.utf8.count <= 16_384
            return isPEM ? Secret(text) : nil
        }
    }

    /// Azure hands out tokens as a query with its question mark.
    static var sasToken: Format {
        Format(expected: "a token that begins with ?", blank: Secret(""), isSecret: true) {
            $0.hasPrefix("?") && isPlainText($0, 2...4000) ? Secret($0) : nil
        }
    }
}
