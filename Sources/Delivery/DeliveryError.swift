import Caching
package import Logging
package import Origins
package import RenderJobs
package import Transformation

/// What the client gets to know when there is no picture, and what becomes of it: the one translation of every module's
/// errors into status, `ik-error`, cacheability and log level (design §4.3).
package struct DeliveryError: Error, Sendable {
    /// How long an error may be kept.
    package enum Keeping: Sendable, Equatable {
        /// For `cache.errorAge`: asking again would give the same.
        case errorAge
        /// For a few seconds: it may have passed by then, and until then it spares the origin.
        case briefly
        /// Until then, in Unix seconds: it comes from the cache.
        case until(Int64)
        /// Never: it says something about this moment or this client.
        case never
    }

    package var status: Int
    /// The code of `ik-error`.
    package var code: String
    /// Printable ASCII, for everybody's eyes: never a path, an address or a secret.
    package var message: String
    package var keeping: Keeping
    package var level: Logger.Level
    /// For the owner's log alone.
    package var log: String?
    /// Seconds for `Retry-After`.
    package var retryAfter: Int?
    /// Whether the bytes of the original are to blame: a copy of them is of no use.
    package var blamesOriginal = false
    /// The name of what a layer shows, if that is to blame instead.
    package var blamedInput: String?
    /// For `Content-Range`, where a part was asked for that is not there.
    package var fileLength: Int?
    /// The region that found it out, where that is not the one that answers.
    package var region: String?
    /// Whether it says something about this region: another may well be able to do it.
    package var isOfRegion = false

    package init(
        status: Int, code: String, message: String, keeping: Keeping, level: Logger.Level = .info, log: String? = nil,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.keeping = keeping
        self.level = level
        self.log = log
        self.retryAfter = retryAfter
    }
}

extension DeliveryError {
    /// The client's URL cannot be carried out.
    package init(_ error: TransformationError) {
        self.init(status: 400, code: error.code.rawValue, message: error.description, keeping: .errorAge)
    }

    /// No origin has given the original. Always 404 but for limits, as ImageKit answers.
    package init(_ error: OriginError) {
        let status = if case .tooLarge = error { 400 } else { 404 }
        self.init(status: status, code: error.code, message: error.message, keeping: .briefly, log: error.detail)
        switch error {
        // That says something about us, and may be mended any moment.
        case .forbidden(_, .credentials), .forbidden(_, .tokenService): level = .warning
        case .notFound, .forbidden, .tooLarge: keeping = .errorAge
        // That spares the origin, from wherever it is asked.
        case .crowded: (self, isOfRegion) = (.overloaded, false)
        case .refused, .timedOut, .unidentified: level = .warning
        }
    }

    /// - Parameter inputs: what the layers show.
    package init(_ error: RenderPoolError, _ inputs: [LayerInput] = []) {
        switch error {
        case .failed(.input(let name, let failure)):
            self.init(failure)
            guard let input = inputs.first(where: { $0.name == name }) else { return }
            (blamesOriginal, blamedInput) = (false, blamesOriginal ? name : nil)
            self = naming(input)
        case .failed(let failure): self.init(failure)
        case .noneFree: self = .overloaded
        case .refused(let refusal):
            self = .overloaded
            (message, retryAfter) = (refusal.reason.message, refusal.retryAfter)
        // How much that is would tell strangers of the host.
        case .tooLarge:
            self.init(
                status: 400, code: "ELIMIT",
                message: "The picture would take more memory than workers.memory grants one.", keeping: .errorAge)
        case .outgrown(let maximum):
            self.init(
                status: 400, code: "ELIMIT",
                message: "The picture takes more than \(maximum / 1_000_000) MB of memory.", keeping: .errorAge)
        case .outOfTime:
            self.init(
                status: 503, code: "ETIMEDOUT", message: "The picture took too long to make.", keeping: .never,
                level: .warning, retryAfter: 10)
        case .quarantined: self = .quarantined
        case .crashed:
            self.init(
                status: 503, code: "EIO", message: "The picture could not be made.", keeping: .never, level: .error,
                log: "two render processes died of this original", retryAfter: 10)
        }
    }

    private init(_ failure: RenderFailure) {
        self.init(status: 400, code: "EINVAL", message: "", keeping: .errorAge)
        switch failure {
        case .input(_, let failure): self.init(failure)
        case .notAPicture:
            message = "The original is not a picture."
            blamesOriginal = true
        case .notAvailable(let kind): message = "Originals of kind \(kind) are not available."
        case .damaged(let text):
            message = "The original is damaged."
            blamesOriginal = true
            log = text
        case .sourceLimit(let name, let maximum):
            code = "ELIMIT"
            message = "The original has more than \(maximum) \(name)."
        case .outputLimit(let name, let maximum):
            code = "ELIMIT"
            message = "The picture would have more than \(maximum) \(name)."
        case .transformation(let text): message = text
        case .outOfTime: self.init(RenderPoolError.outOfTime)
        case .internalFailure(let text):
            self.init(
                status: 500, code: "EIO", message: "The picture could not be made.", keeping: .never, level: .error,
                log: text)
        }
    }

    /// An answer from the cache, which is good as long as its entry.
    init(_ failure: Entry.Failure, of entry: Entry) {
        self.init(
            status: failure.status, code: failure.code, message: failure.message,
            keeping: .until(entry.lifetime.expiresAt), level: .debug)
        region = entry.region
    }

    /// Whether it says something about this moment, and nothing about the original: what is old is better then.
    var isPassing: Bool { keeping == .briefly || status >= 500 }

    /// Whether it was answered so that others can be.
    var isShedding: Bool { self.code == Self.overloaded.code && status == Self.overloaded.status }

    // MARK: Without a module of their own

    /// What decodes it has died of it as often as it may.
    static let quarantined = DeliveryError(
        status: 400, code: "ELIMIT", message: "The original is in quarantine: what decodes it does not survive it.",
        keeping: .briefly, level: .warning)

    /// What makes this picture of it has run out of time, or been ended, as often as it may: others may well be made.
    static let pictureQuarantined = DeliveryError(
        status: 400, code: "ELIMIT",
        message: "This transformation of the original is in quarantine: it took too long, or was not survived.",
        keeping: .briefly, level: .warning)

    /// An origin said that something still holds which nobody had.
    static let unaskedConfirmation = DeliveryError(
        status: 404, code: "UNIDENTIFIED", message: "The origin's answer is not usable HTTP.", keeping: .briefly,
        level: .warning)

    static let overloaded = ofRegion(
        DeliveryError(
            status: 503, code: "EAGAIN", message: "Too many requests are waiting already.", keeping: .never,
            level: .warning, retryAfter: 1))

    /// Its time was up while somebody else was making it.
    static let outOfTime = ofRegion(
        DeliveryError(
            status: 503, code: "ETIMEDOUT", message: "The picture was not ready in time.", keeping: .never,
            level: .warning, retryAfter: 5))

    /// `length`: of the file, in bytes.
    static func rangeNotSatisfiable(length: Int) -> DeliveryError {
        var error = DeliveryError(
            status: 416, code: "EINVAL", message: "The file has no such bytes.", keeping: .never, level: .debug)
        error.fileLength = length
        return error
    }

    static let notAPicture = DeliveryError(.failed(.notAPicture))

    /// It went on changing while it was looked for.
    static let changing = DeliveryError(
        status: 503, code: "EAGAIN", message: "The file is being changed.", keeping: .never, level: .warning,
        retryAfter: 1)

    static let privateOriginal = unauthorised("The original is private.")

    static let methodNotAllowed = DeliveryError(
        status: 405, code: "EINVAL", message: "Only GET, HEAD and OPTIONS are answered here.", keeping: .never)

    static func unauthorised(_ reason: String) -> DeliveryError {
        DeliveryError(status: 401, code: "EACCES", message: reason, keeping: .never)
    }

    static func notFound(_ what: String) -> DeliveryError {
        DeliveryError(status: 404, code: "ENOENT", message: what, keeping: .errorAge)
    }

    /// A part of the configuration that this version cannot carry out yet.
    static func notAvailable(_ what: String) -> DeliveryError {
        ofRegion(
            DeliveryError(
                status: 501, code: "ENOTSUP", message: "\(what) is not available yet.", keeping: .never, level: .error))
    }

    private static func ofRegion(_ error: DeliveryError) -> DeliveryError {
        var error = error
        error.isOfRegion = true
        return error
    }

    /// Only our own request to ourselves ever gets it; to the client it is an origin that fails.
    static let loop = DeliveryError(
        status: 508, code: "UNIDENTIFIED", message: "The request has come through here before.", keeping: .never,
        level: .warning)
}

extension RenderRefusal.Reason {
    fileprivate var message: String {
        switch self {
        case .full: DeliveryError.overloaded.message
        case .late: "The render processes are busy for longer than this request may wait."
        case .memory: "Other pictures that are being made leave too little memory for this one."
        }
    }
}
