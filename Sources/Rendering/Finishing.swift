import Transformation
import Vips

/// What becomes of a picture between its last step and its encoder: the colours that it is delivered in, and what goes
/// with it.
struct Finishing: ~Escapable {
    private let source: Source
    private let format: ImageFormat
    /// The steps have left it in the colours of the original's profile, else in sRGB.
    private let isInOwnColours: Bool
    private let keepsOwnColours: Bool
    private let keepsMetadata: Bool

    @_lifetime(copy source)
    init(_ plan: Plan, _ output: Output, _ format: ImageFormat, source: Source) {
        self.source = source
        self.format = format
        isInOwnColours = plan.worksInOwnColours(of: source)
        keepsOwnColours = output.embedsProfile && format.holdsProfile && source.header.carriesRGBProfile
        keepsMetadata = output.switches.contains(.metadata) && format.holdsProfile
    }

    /// What the encoder needs, and all pixels made: what fails from here on is not the original's fault.
    func prepare(_ picture: Image) throws(VipsError) -> Image {
        var image = picture
        switch (isInOwnColours, keepsOwnColours) {
        case (true, false): image = try image.fromColours(of: source.header)
        case (false, true): image = try image.toColours(of: source.header)
        // A profile of colours fits no grey picture.
        case (true, true): image = try image.inColour()
        case (false, false): break
        }
        if !format.holdsAlpha { image = try image.flattened(on: Colour.black.pixel) }
        return try image.inMemory()
    }

    var attachments: Attachments {
        var attachments = Attachments()
        if keepsOwnColours { attachments.profile = source.header }
        if keepsMetadata { attachments.description = source.header }
        // WebP and AVIF know no density but that of EXIF, which is not made for it alone.
        if keepsMetadata || format == .jpeg || format == .png { attachments.density = source.density }
        return attachments
    }
}

extension Plan {
    /// Whether the steps run on the original's own colours, which may be more than sRGB has.
    ///
    /// Where the plan brings colours of its own, which are those of sRGB, the picture is converted for them and back
    /// again: they must not look different because of what the original is in.
    func worksInOwnColours(of source: borrowing Source) -> Bool {
        mayKeepProfile && source.header.carriesRGBProfile && !stages.contains { $0.mayRun(\.bringsColours) }
    }
}

extension Step {
    fileprivate var bringsColours: Bool {
        let colours = [
            background, border?.colour, tint?.colour, gradient?.from, gradient?.to, replacement?.from, replacement?.to,
        ]
        // What is grey depends on what the primaries are.
        return isGrayscale || !layers.isEmpty || colours.contains { $0?.looksDifferentByProfile ?? false }
    }
}

extension Colour {
    /// Black and white are the same in all profiles.
    fileprivate var looksDifferentByProfile: Bool {
        let values = [red, green, blue]
        return values != [0, 0, 0] && values != [255, 255, 255]
    }
}
