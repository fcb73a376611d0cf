import HTTPRules
import Memory
import PictureHeaders
import Transformation

/// What an original is: by its first bytes a picture, else by what its origin and its name say.
///
/// That it is a picture is never believed without the bytes, so that no page can pose as one.
enum OriginalKind: Equatable {
    case picture(ImageFormat)
    /// Origin or name say that it is a picture of a kind that is read here, and it may be a drawing: a render process tells.
    case perhapsDrawing
    /// Origin or name say that it is a picture of a kind that is read here, and it is not.
    case falsePicture
    /// Anything else, with the `Content-Type` that it goes out with.
    case file(contentType: String)

    /// - Parameters:
    ///   - beginning: its first `PictureHeader.Kind.searchLength` bytes or more, fewer where there are no more.
    ///   - said: its origin's `Content-Type`.
    ///   - name: the last segment of its path.
    init(_ beginning: any Blob, said: String?, name: String) {
        if let found = beginning.withBytes({ PictureHeader.Kind(of: $0) }).flatMap(ImageFormat.init) {
            self = .picture(found)
            return
        }
        let byName = MediaType(path: name)
        let byOrigin = said.flatMap { MediaType(parsing: $0) }.flatMap {
            Self.unspecific.contains($0.description) ? nil : $0
        }
        if Self.readable.contains(byName.description)
            || byOrigin.map({ Self.readable.contains($0.description) }) == true
        {
            self = beginning.withBytes({ PictureHeader.Kind.mayBeDrawing($0) }) ? .perhapsDrawing : .falsePicture
        } else {
            self = .file(contentType: byOrigin == nil ? byName.description : said ?? byName.description)
        }
    }

    /// The format of a picture, or of what it may be; `nil` for all else.
    var format: ImageFormat? {
        switch self {
        case .picture(let format): format
        case .perhapsDrawing: .svg
        case .falsePicture, .file: nil
        }
    }

    /// What servers and buckets say when they do not know.
    private static let unspecific: Set<String> = [
        "application/octet-stream", "binary/octet-stream", "application/unknown", "application/x-unknown",
    ]
    /// Whether a `Content-Type` is that of a picture of a kind that is read here.
    static func isPicture(_ contentType: String) -> Bool { readable.contains(contentType) }

    private static let readable = Set(ImageFormat.allCases.map(\.mediaType) + ["image/heif", "image/jpg"])
}

extension ImageFormat {
    /// `nil`: not of a kind that goes out as a picture.
    fileprivate init?(_ kind: PictureHeader.Kind) {
        switch kind {
        case .jpeg: self = .jpeg
        case .png: self = .png
        case .gif: self = .gif
        case .webp: self = .webp
        case .tiff: self = .tiff
        case .avif: self = .avif
        case .heic: self = .heic
        case .svg: self = .svg
        case .pdf: return nil
        }
    }
}
