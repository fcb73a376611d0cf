import PictureHeaders
import Transformation

/// What libvips takes for each part of the work. Measured with `deploy/bench costs` on two shared cores of a server of
/// 2025 (libvips 8.14 of Debian 12, one thread), CPU ms and bytes; what other machines take is a factor that the gate
/// learns (`MeasuredRatio`).
enum RenderRates {
    /// Milliseconds per million pixels of the source, per million pixels that leave the decoder, per million bytes.
    struct Decoding {
        let source: Double
        let decoded: Double
        let bytes: Double
    }

    /// Message, headers, the pipeline: ms.
    static let start = 3.0
    static let startBytes = 4_000_000.0

    /// What is added where a picture's header cannot be read: it is more than the fast lane takes, and no more than any
    /// host can give.
    static let unknown = (milliseconds: 1_000.0, bytes: 64_000_000.0)

    static func decoding(of header: PictureHeader) -> Decoding {
        switch header.kind {
        case .jpeg where header.isHeldWhole: Decoding(source: 7, decoded: 2.5, bytes: 18)
        case .jpeg: Decoding(source: 0.5, decoded: 2.5, bytes: 9)
        case .png: Decoding(source: Double(header.channels), decoded: 0, bytes: 20)
        case .webp where header.isLossless: Decoding(source: 20, decoded: 0, bytes: 10)
        case .webp: Decoding(source: 5, decoded: 8, bytes: 50)
        case .gif: Decoding(source: 8, decoded: 0, bytes: 10)
        case .tiff: Decoding(source: 3, decoded: 0, bytes: 2)
        case .avif: Decoding(source: 28, decoded: 0, bytes: 0)
        case .heic: Decoding(source: 70, decoded: 0, bytes: 0)
        case .svg: Decoding(source: 0, decoded: 30, bytes: 100)
        case .pdf: Decoding(source: 0, decoded: 80, bytes: 50)
        }
    }

    /// Bytes that a decoder holds: per pixel of the source, or of what leaves it.
    static func heldBytes(by header: PictureHeader) -> (source: Double, decoded: Double) {
        let depth = Double(header.bytesPerChannel)
        switch header.kind {
        // Coefficients of 16 bits until the last scan is read.
        case .jpeg where header.isHeldWhole: return (2 * (header.samplesPerPixel ?? Double(header.channels)), 0)
        case .png where header.isHeldWhole: return (Double(header.channels) * depth, 0)
        case .jpeg, .png: return (0, 0)
        // As libtiff gives the block, and as libvips puts it together.
        case .tiff where header.blockLines > 1:
            return (2 * Double(header.channels) * depth * min(1, Double(header.blockLines) / Double(header.height)), 0)
        case .tiff: return (0, 0)
        case .webp where header.isLossless: return (4, 0)
        case .webp: return (0, 7)
        case .avif, .heic: return (8 * depth, 0)
        case .gif: return (8, 0)
        case .svg, .pdf: return (0, 4)
        }
    }

    /// What the gate counts for all that a drawing holds above the pixels that it is drawn in, which nobody knows before:
    /// its elements, the pictures and groups in it. Real ones took up to 30 MB, a scanned page in a PDF five times as much. One
    /// that takes more asks the gate for it (`RenderGate.grow`).
    static func drawingBytes(of header: PictureHeader) -> Double {
        switch header.kind {
        case .pdf: Double(MemoryLimit.allowance)
        case .svg: 40_000_000
        default: 0
        }
    }

    /// Lines that libvips keeps of a picture that comes line by line while it is made smaller.
    static let heldLines = 1_100

    /// Bytes of each of their pixels: with alpha they are weighted by it, as floating-point numbers.
    static func lineBytes(channels: Int) -> Double { channels == 2 || channels == 4 ? 12 : Double(channels) }

    /// Per million pixels that go in, and that come out.
    static let scaling = (input: 6.5, output: 12.0)
    /// Bytes per channel of a pixel of a picture that is wholly in memory: itself, and what it is made of.
    static let wholeBytes = 2.7

    struct Encoding {
        /// ms of one picture, and of a million pixels.
        let start: Double
        let megapixel: Double
        /// Of one pixel, and whatever the picture is.
        let bytes: Double
        var startBytes = 0.0
    }

    static func encoding(as format: ImageFormat, of header: PictureHeader, isLossless: Bool) -> Encoding {
        switch format {
        case .jpeg: Encoding(start: 0, megapixel: 7.5, bytes: 0)
        // What was drawn has few colours; what was photographed does not compress.
        case .png: Encoding(start: 0, megapixel: deflating(header.kind), bytes: 1)
        case .webp where isLossless: Encoding(start: 6, megapixel: 950, bytes: 35)
        // The alpha of a still picture is compressed without loss.
        case .webp where header.channels == 4 && header.frames == 1: Encoding(start: 6, megapixel: 350, bytes: 35)
        case .webp: Encoding(start: 6, megapixel: 80, bytes: 3.5)
        case .avif: Encoding(start: 15, megapixel: 170, bytes: 24, startBytes: 8_000_000)
        case .gif: Encoding(start: 0, megapixel: 350, bytes: 6)
        case .svg, .heic, .tiff: Encoding(start: 0, megapixel: 0, bytes: 0)
        }
    }

    private static func deflating(_ kind: PictureHeader.Kind) -> Double {
        switch kind {
        case .svg, .pdf, .gif: 50
        case .png: 220
        default: 420
        }
    }

    /// ms of the pipeline of each frame of an animation.
    static let frame = 3.0
}
