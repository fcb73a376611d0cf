/// One of the nine positions: a side or the middle, on each axis.
package struct Focus: Hashable, Sendable {
    package enum Alignment: Hashable, Sendable {
        case start, centre, end

        /// Where something lies in `free` pixels of play; odd halves go to the start (reference §16, 6).
        package func offset(in free: Int) -> Int {
            switch self {
            case .start: 0
            case .centre: free / 2
            case .end: free
            }
        }
    }

    package var horizontal: Alignment
    package var vertical: Alignment

    package static let centre = Focus(horizontal: .centre, vertical: .centre)

    init(horizontal: Alignment, vertical: Alignment) {
        self.horizontal = horizontal
        self.vertical = vertical
    }

    /// One of the nine words of the URL language; nil for anything else.
    init?(_ word: String) {
        guard let focus = Self.words.first(where: { $0.word == word })?.focus else { return nil }
        self = focus
    }

    package var canonical: String {
        Self.words.first { $0.focus == self }?.word ?? "center"
    }

    private static let words: [(word: String, focus: Focus)] = [
        ("center", centre),
        ("top", Focus(horizontal: .centre, vertical: .start)),
        ("left", Focus(horizontal: .start, vertical: .centre)),
        ("bottom", Focus(horizontal: .centre, vertical: .end)),
        ("right", Focus(horizontal: .end, vertical: .centre)),
        ("top_left", Focus(horizontal: .start, vertical: .start)),
        ("top_right", Focus(horizontal: .end, vertical: .start)),
        ("bottom_left", Focus(horizontal: .start, vertical: .end)),
        ("bottom_right", Focus(horizontal: .end, vertical: .end)),
    ]
}

/// What `fo` asks for.
enum FocusRequest: Hashable {
    case position(Focus)
    /// What draws the eye. Also the area that is stored with an original, since no origin stores one.
    case attention
    /// Faces or objects. Nothing looks for them, so that the next best is taken (reference §16, 28): what draws the eye.
    case subject
}
