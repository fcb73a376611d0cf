import SVGSanitising
import Testing

@Suite("Pictures inside a drawing")
struct PictureTests {
    static let gif = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    static let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg"

    static let addresses: [Pair] = [
        Pair("data:image/gif;base64,\(gif)"), Pair("data:image/png;base64,\(png)==", "data:image/png;base64,\(png)"),
        Pair("DATA:IMAGE/PNG;BASE64,\(png)", "data:image/png;base64,\(png)"),
        Pair("data:image/jpeg;base64,\(gif)", "data:image/gif;base64,\(gif)"),
        Pair("data:text/html;base64,\(gif)", "data:image/gif;base64,\(gif)"),
        Pair("data:;base64,\(gif)", "data:image/gif;base64,\(gif)"),
        Pair("data:img/png;base64,\(gif)", "data:image/gif;base64,\(gif)"),
        Pair(
            " data:image/gif;base64, R0lG&#10;ODlhAQABAIAAAAAAAP///yH5\nBAEAAAAALAAAAAABAAEAAAIBRAA7 ",
            "data:image/gif;base64,\(gif)"),
        Pair(
            "data:image/gif;charset=utf-8;base64,R0lGODlhAQABAIAAAAAAAP%2F%2f%2FyH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
            "data:image/gif;base64,\(gif)"),
    ]

    @Test("Their addresses are written anew", arguments: addresses)
    func address(_ pair: Pair) throws {
        for link in ["href", "xlink:href"] {
            for element in ["image", "feImage"] {
                #expect(
                    try inside("<\(element) \(link)=\"\(pair.before)\"/>") == "<\(element) \(link)=\"\(pair.after)\"/>")
            }
        }
    }

    @Test("Their pixels are bounded, all together")
    func pixels() throws {
        var limits = SVGLimits()
        limits.embeddedPixels = 2
        let image = "<image href='data:image/gif;base64,\(Self.gif)'/>"
        #expect(error(of: "\(open)\(image)\(image)</svg>", limits: limits) == nil)
        #expect(error(of: "\(open)\(image)\(image)\(image)</svg>", limits: limits)?.limit == .embeddedPixels)
        // 65535 × 65535, in its header alone.
        let bomb = "R0lGODlh/////4AAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
        #expect(error(of: "\(open)<image href='data:image/gif;base64,\(bomb)'/></svg>")?.limit == .embeddedPixels)
        #expect(
            error(
                of: "\(open)<rect style='mask:url(data:image/gif;base64,\(bomb))"
                    + "'/></svg>")?.limit == .embeddedPixels)
    }
}
