import Configuration
import Deadlines
import Origins

/// The questions to one origin: for the object that is named, else for one that it lists, else for one that it surely
/// has not.
struct Interview {
    let origin: any Origin
    let settings: OriginSettings
    /// For each question.
    let time: Duration
    /// No more than this is read of an object.
    let maximumBytes: Int

    func outcome(_ object: ObjectChoice?) -> Finding.Outcome {
        if let object { return fetch(object.request(of: settings), named: object.text) }
        if settings.kind == .webProxy { return .notAsked }
        guard let lister = origin as? any ListingOrigin else { return guess(because: .noListing) }
        let path: OriginPath?
        do throws(OriginError) {
            path = try lister.anyObject(until: Deadline(in: time))
        } catch {
            // It would fail in the same way again.
            if settings.kindName == .disk || error.isOfEveryRequest { return failed(error, .listing) }
            return guess(because: .notListed(error))
        }
        guard let path else { return settings.kindName == .disk ? .reachable(.isEmpty) : guess(because: .isEmpty) }
        return fetch(OriginRequest(path: path), named: path.encoded)
    }

    private func fetch(_ request: OriginRequest, named name: String) -> Finding.Outcome {
        do throws(OriginError) {
            return .fetched(try read(request, isSurprise: false))
        } catch {
            return failed(error, .fetching(name))
        }
    }

    /// "Not found" is the good answer: it proves name, connection, TLS and credentials.
    private func guess(because reason: Finding.NothingToFetch) -> Finding.Outcome {
        let name = "apus-probe-\(String(UInt64.random(in: .min ... .max), radix: 16)).jpg"
        var segments = [Array(name.utf8)]
        if settings.kindName == .akeneoPIM { segments.insert(Array("media-files".utf8), at: 0) }
        let encoded = segments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
        let path = OriginPath(segments: segments, encoded: encoded)
        do throws(OriginError) {
            return .fetched(try read(OriginRequest(path: path), isSurprise: true))
        } catch {
            return error == .notFound ? .reachable(reason) : failed(error, .guessing)
        }
    }

    private func failed(_ error: OriginError, _ step: Finding.Step) -> Finding.Outcome {
        .failed(Finding.Failure(cause: .origin(error), step: step))
    }

    private func read(_ request: OriginRequest, isSurprise: Bool) throws(OriginError) -> Finding.Fetched {
        let answer = try origin.open(request, deadline: Deadline(in: time))
        guard case .opened(let body) = answer else { throw .unidentified(.status(304)) }
        var count = 0
        var isWhole = false
        // Ends: every piece has bytes.
        while !isWhole, count <= maximumBytes {
            isWhole = try !body.read { count += $0.byteCount }
        }
        return Finding.Fetched(
            path: request.absoluteURL ?? request.path.encoded, metadata: body.metadata, length: body.length,
            count: count, isWhole: isWhole, isSurprise: isSurprise)
    }
}

extension OriginError {
    /// Whether it says nothing of what was asked for.
    fileprivate var isOfEveryRequest: Bool {
        switch self {
        case .refused, .timedOut, .forbidden(_, .tokenService): true
        case .unidentified(.transfer), .unidentified(.noToken), .unidentified(.noCredentials): true
        default: false
        }
    }
}
