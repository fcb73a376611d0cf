import PictureHeaders
import Transformation

/// The format that a variant will most likely have: as the render process chooses it, without having seen the pixels.
struct EstimatedFormat {
    let format: ImageFormat

    init(_ output: Output, _ header: PictureHeader, rasterisesSVG: Bool) {
        switch output.format {
        case .fixed(let fixed): format = fixed
        case .source: format = Self.kept(header, rasterisesSVG)
        case .auto(let accepted): format = Self.best(for: header, accepted, rasterisesSVG)
        }
    }

    private static func kept(_ header: PictureHeader, _ rasterisesSVG: Bool) -> ImageFormat {
        switch header.kind {
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        case .gif: .gif
        case .avif: .avif
        case .svg: rasterisesSVG ? .png : .svg
        case .heic, .tiff, .pdf: header.channels > 3 ? .png : .jpeg
        }
    }

    private static func best(
        for header: PictureHeader, _ accepted: AcceptedFormats, _ rasterisesSVG: Bool
    ) -> ImageFormat {
        if header.kind == .svg, !rasterisesSVG { return .svg }
        if accepted.contains(.webp) { return .webp }
        if header.frames > 1 { return .gif }
        if accepted.contains(.avif) { return .avif }
        return [.png, .gif, .svg].contains(header.kind) ? .png : .jpeg
    }
}
