import RenderJobs
import Testing

/// Every effect on every kind of picture, and within its limits.
@Suite struct EffectRobustnessTests {
    // MARK: Every kind of picture

    static let all = [
        "e-contrast", "e-sharpen", "e-usm", "e-usm-30-40-2-0.01", "b-2_red", "cr-red", "cr-red_20_blue",
        "e-colorize-in-40",
        "e-gradient", "e-gradient-ld-33_sp-iw", "e-shadow", "e-distort-a-50", "e-distort-a-N300",
        "e-distort-p-0_0_30_4_28_20_2_24", "t-true", "t-true,w-10,b-1_black,e-shadow,rt-30",
        "t,cr-red,e-contrast,e-colorize-in-9,bl-1,e-sharpen,e-usm,e-gradient,e-distort-a-9,r-3,b-1_00000050,rt-20,e-shadow,o-50",
    ]

    static let originals: [(String, Picture)] = [
        ("one pixel", Originals.plain([1, 2, 3], width: 1, height: 1)),
        ("one clear pixel", Originals.plain([1, 2, 3, 0], width: 1, height: 1)),
        ("grey", Picture(width: 33, height: 21, bands: 1) { x, y in [UInt8(x * 7 + y)] }),
        ("grey and alpha", Picture(width: 33, height: 21, bands: 2) { x, y in [UInt8(x * 7), UInt8(y * 12)] }),
        ("colour", Originals.speckles(33, 21)), ("a line", Originals.speckles(1, 60)),
        ("colour and alpha", Originals.island),
    ]

    @Test(arguments: all, originals)
    func everyEffectTakesEveryPicture(_ transformation: String, _ original: (name: String, picture: Picture)) throws {
        for file in [original.picture.png, original.picture.png16] {
            let picture = try picture(transformation, of: file)
            #expect(picture.width > 0 && picture.height > 0)
        }
    }

    @Test(arguments: all, ["gif", "webp"])
    func everyEffectTakesAnimations(_ transformation: String, _ format: String) throws {
        let variant = try variant("\(transformation),f-\(format)", of: AnimationTests.blinking.file)
        #expect(variant.facts.frames == 4)
    }

    @Test func framesAreTrimmedAlike() throws {
        // Squares at different places on a red ground: what is left holds both.
        let animation = AnimatedGIF(
            width: 60, height: 40,
            frames: [
                .init(width: 60, height: 40, colour: 1),
                .init(x: 10, y: 8, width: 5, height: 5, colour: 2, disposal: .previous),
                .init(x: 40, y: 20, width: 6, height: 7, colour: 3),
            ])
        for transformation in ["t-true", "w-60:t-true"] {
            let frames = try variant("\(transformation),f-gif", of: animation.file).frames()
            try #require(frames.count == 3)
            #expect(frames.allSatisfy { ($0.width, $0.height) == (36, 19) })
            #expect(frames[1].colour(2, 2).isNear(green, within: 12))
            #expect(frames[2].colour(33, 15).isNear(blue, within: 12))
        }
    }

    @Test func framesKeepTheirBrightness() throws {
        // The second frame alone would be stretched otherwise than the first.
        let animation = AnimatedGIF(
            width: 20, height: 20,
            frames: [
                .init(width: 20, height: 20, colour: 1), .init(x: 0, y: 0, width: 10, height: 20, colour: 3),
                .init(x: 0, y: 0, width: 10, height: 20, colour: 4),
            ])
        let plain = try variant("f-gif", of: animation.file).frames()
        let frames = try variant("e-contrast,f-gif", of: animation.file).frames()
        try #require(frames.count == 3 && plain.count == 3)
        #expect(frames.allSatisfy { $0.colour(15, 10) == frames[0].colour(15, 10) })
    }

    // MARK: Limits

    @Test(arguments: ["b-60_red", "e-distort-p-0_0_300_0_300_200_0_200", "e-distort-a-200,b-30_red"])
    func growthHasALimit(_ transformation: String) throws {
        var limits = standardLimits
        limits.outputPixels = 40_000
        let tooLarge = RenderFailure.outputLimit("pixels of output", maximum: 40_000)
        #expect(try failure("\(transformation),f-png", of: Originals.quadrants().png, limits: limits) == tooLarge)
    }

    @Test func expressionsWithoutAValueNameTheirParameter() throws {
        for (transformation, parameter) in [
            ("b-cw_div_0_red", "parameter b"), ("e-gradient-sp-ch_sub_cw", "e-gradient"),
        ] {
            guard case .transformation(let message)? = try failure(transformation, of: Originals.quadrants().png) else {
                Issue.record("\(transformation) is carried out")
                continue
            }
            #expect(message.contains(parameter))
        }
    }

    @Test(
        arguments: [
            "e-contrast", "e-sharpen", "e-usm", "cr-red", "e-gradient", "e-shadow", "e-distort-a-50", "t-true",
            "e-distort-p-0_0_900_40_880_700_20_740", "b-20_red", "e-colorize-in-40",
        ])
    func timeThatIsOverStopsTheWork(_ transformation: String) throws {
        #expect(
            try failure("\(transformation),f-png", of: Originals.speckles(800, 900).png, within: .zero) == .outOfTime)
    }
}
