import HTTPRules

/// What goes out for one request: a variant or a file, or the part of it that the client wants.
struct Serving: Sendable {
    let served: Served
    /// The client has it already. Of a picture that nginx keeps, nginx tells its client so.
    var isKnown = false
    /// `nil`: the whole.
    var part: ByteRange?
    /// Where it is a file: its bytes, or those of the part.
    var file: PassingFile?
}
