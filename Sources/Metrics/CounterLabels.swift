extension Counter {
    package enum StatusClass: String, MetricLabel {
        case success = "2xx"
        case redirection = "3xx"
        case clientError = "4xx"
        case serverError = "5xx"
        package static let label = "status"

        /// What is no status of an answer counts as 5xx: somebody has to look at it.
        package init(_ status: Int) {
            self =
                switch status {
                case 200..<300: .success
                case 300..<400: .redirection
                case 400..<500: .clientError
                default: .serverError
                }
        }
    }

    /// Which tier had the bytes of an answer, in the words of `x-apus-cache`.
    package enum AnswerTier: String, MetricLabel {
        case redis, store, render, origin, region
        /// An error or 304: no bytes of a picture.
        case nothing = "none"
        package static let label = "tier"
    }

    package enum CacheTier: String, MetricLabel {
        case redis, store
        package static let label = "tier"
    }

    package enum LookupResult: String, MetricLabel {
        case hit, miss
        /// There, and past its time.
        case stale
        /// There, and made under a number that a purge rule has overtaken.
        case purged
        /// There was something that is no entry.
        case defective
        /// The tier could not be asked.
        case unavailable
        package static let label = "result"
    }

    package enum KeepResult: String, MetricLabel {
        case kept
        case tooLarge = "too_large"
        case failed
        /// Not tried, because an earlier attempt failed a moment ago or too many were waiting.
        case heldOff = "held_off"
        /// Its time was over before it was kept.
        case expired
        package static let label = "result"
    }

    /// What a request waited for while somebody else made it.
    package enum Coalesced: String, MetricLabel {
        case variant, original
        package static let label = "what"
    }

    /// Where that somebody was: in the same process, or elsewhere in the region.
    package enum Scope: String, MetricLabel {
        case process, region
        package static let label = "scope"
    }

    package enum RedisFault: String, MetricLabel {
        /// The breaker is open, no connection was free, or the server is not there.
        case unavailable
        case timeout
        /// The server is alive and answered with an error.
        case refused
        /// An answer that is no Redis reply, or not one that the command has.
        case `protocol`
        case other
        package static let label = "kind"
    }

    package enum StoreFault: String, MetricLabel {
        case unavailable, full
        case readOnly = "read_only"
        case timeout, refused, unreachable, system
        package static let label = "kind"
    }

    package enum PurgeResult: String, MetricLabel {
        case accepted, refused
        package static let label = "result"
    }

    /// What an origin said; failures by their code in `ik-error`.
    package enum OriginResult: String, MetricLabel {
        case found
        case notModified = "not_modified"
        case notFound = "ENOENT"
        case forbidden = "EACCES"
        case connectionRefused = "ECONNREFUSED"
        case timedOut = "ETIMEDOUT"
        case tooLarge = "ELIMIT"
        case unidentified = "UNIDENTIFIED"
        /// Not asked: as many as may ask this origin at a time were doing so.
        case crowded = "EAGAIN"
        package static let label = "result"

        /// A failure by its code in `ik-error`; a code of no origin counts as UNIDENTIFIED.
        package init(code: String) {
            self = Self(rawValue: code) ?? .unidentified
        }
    }

    package enum RefreshResult: String, MetricLabel {
        /// The origin has nothing newer.
        case unchanged
        case replaced, failed
        /// Not started: somebody else does it, or as many as may run were running.
        case heldOff = "held_off"
        package static let label = "result"
    }

    package enum RenderResult: String, MetricLabel {
        case done
        /// No picture, a damaged one, or one of a kind that is not decoded.
        case badOriginal = "bad_original"
        /// The plan cannot be carried out on this original.
        case badTransformation = "bad_transformation"
        /// The original or the variant exceeds a limit.
        case limit
        case timeout
        /// No render process was free in time, or would have been.
        case noneFree = "none_free"
        /// The render process died.
        case crashed
        /// It was not tried, because of what became of render processes before.
        case quarantined
        /// libvips failed where it should not.
        case failed
        package static let label = "result"
    }

    /// What waits together in front of the render processes.
    package enum RenderLane: String, MetricLabel {
        case fast, heavy, animated
        package static let label = "lane"
    }

    /// Why a render was refused.
    package enum RefusalReason: String, MetricLabel {
        /// As many waited as may.
        case full
        /// It could not have been done before its deadline.
        case late
        /// While it drew: others had the memory that it needed.
        case memory
        package static let label = "reason"
    }
}
