package import Configuration
import Origins
import Transformation

/// Which object a probe asks for: as the owner has named it, for one origin or for all.
package struct ObjectChoice: Equatable, Sendable {
    /// Why a text names no object.
    package enum Fault: Error, Equatable, Sendable {
        case notAPath(String)
    }

    /// As a delivery URL has it behind the prefix of the URL endpoint; for a web proxy a URL.
    package let text: String
    /// `nil`: whichever account.
    private let account: String?
    /// `nil`: every origin.
    private let origin: String?

    /// Reads `PATH`, `ORIGIN=PATH` or `ACCOUNT/ORIGIN=PATH`. What stands before `=` is part of the path unless it names an
    /// origin of the file.
    ///
    /// Throws `.notAPath` for what no delivery URL could ask for.
    package init(_ text: String, in configuration: Configuration) throws(Fault) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let account = names.count == 2 ? names[0] : nil
        let isNamed = configuration.accounts.contains { known in
            (account == nil || account == known.id) && known.origins.contains { $0.id == names.last }
        }
        if parts.count == 2, names.count <= 2, isNamed {
            (self.account, origin, self.text) = (account, names.last, String(parts[1]))
        } else {
            (self.account, origin, self.text) = (nil, nil, text)
        }
        guard isURL || path != nil else { throw .notAPath(self.text) }
    }

    /// Whether that origin is to be asked for it. A URL is for web proxies alone, as long as it is for all.
    func isFor(_ settings: OriginSettings, of account: String) -> Bool {
        if let origin { return origin == settings.id && (self.account ?? account) == account }
        return isURL == (settings.kind == .webProxy)
    }

    /// What the origin is asked; as delivery would.
    func request(of settings: OriginSettings) -> OriginRequest {
        let path = path ?? OriginPath(segments: [], encoded: "")
        return OriginRequest(path: path, absoluteURL: isURL && settings.kind == .webProxy ? text : nil)
    }

    private var isURL: Bool {
        let start = text.lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }

    private var path: OriginPath? {
        let rooted = text.hasPrefix("/") ? text : "/" + text
        guard let request = try? RequestPath(rooted.utf8), let object = ObjectPath(segments: request.segments) else {
            return nil
        }
        return OriginPath(segments: object.segments, encoded: object.canonical)
    }
}

extension ObjectChoice.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAPath(let text): "\(text.debugDescription) is no object's path: percent signs are written %25"
        }
    }
}
