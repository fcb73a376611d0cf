/// The values of `fo` that look into the picture (reference §4.4, §4.7).
enum DetectedSubject {
    /// Faces, or one of the objects, or several of them joined by `_`.
    static func isKnown(_ value: String) -> Bool {
        if value == "face" { return true }
        let words = value.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        return !words.isEmpty && words.allSatisfy { objects.contains(Substring($0)) }
    }

    /// What is found without knowing what it is.
    static let areas: Set<String> = ["auto", "custom", "auto-custom_override"]

    private static let objects = Set(
        """
        person bicycle car motorcycle airplane bus train truck boat trafficLight fireHydrant stopSign \
        parkingMeter bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella \
        handbag tie suitcase frisbee skis snowboard sportsBall kite baseballBat baseballGlove skateboard \
        surfboard tennisRacket bottle wineGlass cup fork knife spoon bowl banana apple sandwich orange \
        broccoli carrot hotDog pizza donut cake chair couch pottedPlant bed diningTable toilet tv laptop \
        mouse remote keyboard cellPhone microwave oven toaster sink refrigerator book clock vase scissors \
        teddyBear hairDrier toothbrush
        """.split(separator: " "))
}
