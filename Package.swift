// swift-tools-version: 6.2
import PackageDescription

/// Arrows only point down this list. A C library is imported by exactly one target.
let sources: [Target] = [
    .executableTarget(
        name: "apus",
        dependencies: [
            "CDNPurging", "Caching", "Configuration", "Deadlines", "Delivery", "Explaining", "FastCGI", "HTTPRules",
            "JSONReading", "Management", "Memory", "Metrics", "OriginMaking", "Origins", "PictureHeaders", "Probing",
            "Processes", "Purging", "Redis", "Regions", "RenderJobs", "Signing", "Storage", "Transfer",
            "Transformation",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Logging", package: "swift-log"),
        ]
    ),
    .executableTarget(name: "apus-render", dependencies: ["RenderJobs", "Rendering"]),

    .target(
        name: "Delivery",
        dependencies: [
            "Caching", "Configuration", "Deadlines", "Digests", "Explaining", "HTTPRules", "Management", "Memory",
            "Metrics", "OriginMaking", "Origins", "PictureHeaders", "Processes", "Purging", "Regions", "RenderJobs",
            "Signing", "Transfer", "Transformation",
            .product(name: "Logging", package: "swift-log"),
        ]
    ),
    .target(
        name: "CDNPurging",
        dependencies: [
            "Configuration", "Deadlines", "Digests", "HTTPRules", "Memory", "Metrics", "Processes", "Purging", "Redis",
            "S3", "Transfer",
            .product(name: "Logging", package: "swift-log"),
        ]
    ),
    .target(name: "Explaining", dependencies: ["JSONReading", "TextEncodings", "Transformation"]),
    .target(
        name: "Probing",
        dependencies: [
            "Configuration", "Deadlines", "HTTPRules", "OriginMaking", "Origins", "Processes", "S3", "Transfer",
            "Transformation",
        ]),
    .target(
        name: "OriginMaking",
        dependencies: ["Configuration", "Deadlines", "Digests", "HTTPRules", "Origins", "S3", "Transfer"]),
    .target(
        name: "Regions",
        dependencies: [
            "Caching", "Configuration", "Deadlines", "Digests", "HTTPRules", "Memory", "Metrics", "Processes",
            "Purging", "Redis", "Transfer",
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "Logging", package: "swift-log"),
        ]
    ),
    .target(
        name: "Management",
        dependencies: [
            "Configuration", "Deadlines", "HTTPRules", "JSONReading", "Metrics", "Purging", "TextEncodings",
            .product(name: "Logging", package: "swift-log"),
        ]
    ),
    .target(
        name: "Configuration",
        dependencies: ["Digests", "HTTPRules", "Transformation", .product(name: "Yams", package: "Yams")]),
    .target(
        name: "Caching",
        dependencies: ["Deadlines", "Digests", "Memory", "Metrics", "Processes", "Redis", "Storage"]),
    .target(name: "Purging", dependencies: ["Deadlines", "Memory", "Processes", "Redis", "Storage"]),
    .target(name: "Storage", dependencies: ["CFiles", "Deadlines", "Memory", "Processes", "S3", "Transfer"]),
    .target(
        name: "Origins",
        dependencies: [
            "CFiles", "Deadlines", "Digests", "HTTPRules", "JSONReading", "Memory", "S3", "TextEncodings", "Transfer",
            .product(name: "CryptoExtras", package: "swift-crypto"),
        ]
    ),
    .target(
        name: "S3",
        dependencies: [
            "Deadlines", "Digests", "HTTPRules", "JSONReading", "Memory", "Transfer",
            .product(name: "Crypto", package: "swift-crypto"),
        ]
    ),
    .target(
        name: "Rendering",
        dependencies: [
            "Deadlines", "Lockdown", "Memory", "PictureHeaders", "Processes", "RenderJobs", "SVGSanitising",
            "Transformation", "Typesetting", "Vips",
        ]
    ),
    .target(
        name: "RenderJobs",
        dependencies: ["Deadlines", "Memory", "PictureHeaders", "Processes", "Transformation"]),
    .target(name: "Signing", dependencies: ["Digests", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "SVGSanitising", dependencies: ["PictureHeaders"]),
    .target(name: "PictureHeaders"),
    .target(name: "Transformation", dependencies: ["TextEncodings"]),

    .target(name: "Transfer", dependencies: ["CCurl", "Deadlines", "HTTPRules", "Memory"]),
    .target(name: "JSONReading"),
    .target(name: "Vips", dependencies: ["CVips", "Deadlines", "Memory", "PictureHeaders"]),
    .target(name: "Typesetting", dependencies: ["CPango", "Deadlines"]),
    .target(name: "Redis", dependencies: ["CHiredis", "Deadlines", "Memory"]),
    .target(name: "FastCGI", dependencies: ["CFastCGI", "Deadlines", "HTTPRules", "Memory"]),
    .target(name: "Lockdown", dependencies: ["CLinux", "CSeccomp", "Processes"]),
    .target(name: "Processes", dependencies: ["CJemalloc", "CLinux", "Deadlines"]),
    .target(name: "Memory", dependencies: ["CFiles"]),
    .target(name: "Digests", dependencies: ["TextEncodings", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "TextEncodings"),
    .target(name: "HTTPRules"),
    .target(name: "Metrics", dependencies: ["Deadlines"]),
    .target(name: "Deadlines"),

    .systemLibrary(name: "CFastCGI", providers: [.apt(["libfcgi-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
    .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
    // Not libraries of their own: what Swift's import of the C library leaves out.
    .systemLibrary(name: "CFiles"),
    .target(name: "CJemalloc"),
    .systemLibrary(name: "CLinux"),
]

/// Each target has its tests; fixtures are real servers that several of them start.
let tests: [Target] = [
    .testTarget(
        name: "CDNPurgingTests",
        dependencies: [
            "CDNPurging", "Configuration", "Deadlines", "HostileOrigin", "Metrics", "Processes", "Purging", "Redis",
            "RedisFixture", "S3", "Transfer",
            .product(name: "Logging", package: "swift-log"),
        ]),
    .testTarget(
        name: "CachingTests",
        dependencies: [
            "Caching", "Deadlines", "Digests", "Memory", "Metrics", "Processes", "Redis", "RedisFixture", "Storage",
        ]),
    .testTarget(name: "ConfigurationTests", dependencies: ["Configuration", "Transformation"]),
    .testTarget(name: "DeadlinesTests", dependencies: ["Deadlines", "Processes"]),
    .testTarget(
        name: "DeliveryTests",
        dependencies: [
            "Caching", "Configuration", "Deadlines", "Delivery", "Explaining", "HTTPRules", "HostileOrigin",
            "JSONReading", "Memory", "Metrics", "OriginMaking", "Processes", "Purging", "Redis", "RedisFixture",
            "Regions", "RenderJobs", "Signing", "Storage", "TextEncodings", "Transformation", "apus-render",
            .product(name: "Logging", package: "swift-log"),
        ]
    ),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"]),
    .testTarget(
        name: "ExplainingTests", dependencies: ["Explaining", "JSONReading", "TextEncodings", "Transformation"]),
    .testTarget(name: "FastCGITests", dependencies: ["Deadlines", "FastCGI", "Memory", "Processes"]),
    .testTarget(name: "HTTPRulesTests", dependencies: ["HTTPRules"]),
    .testTarget(name: "JSONReadingTests", dependencies: ["JSONReading", "Processes"]),
    .testTarget(name: "LockdownTests", dependencies: ["Processes", "lockdown-probe"]),
    .testTarget(
        name: "ManagementTests",
        dependencies: [
            "Configuration", "Deadlines", "JSONReading", "Management", "Metrics", "Purging",
            .product(name: "Logging", package: "swift-log"),
        ]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics"]),
    .testTarget(name: "MemoryTests", dependencies: ["Memory"]),
    .testTarget(
        name: "OriginsTests",
        dependencies: [
            "Deadlines", "Digests", "HTTPRules", "HostileOrigin", "JSONReading", "Memory", "Origins", "S3",
            "TextEncodings", "Transfer",
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "CryptoExtras", package: "swift-crypto"),
        ]),
    .testTarget(name: "PictureHeadersTests", dependencies: ["PictureHeaders"]),
    .testTarget(
        name: "ProbingTests",
        dependencies: [
            "Configuration", "HostileOrigin", "OriginMaking", "Origins", "Probing",
            .product(name: "CryptoExtras", package: "swift-crypto"),
        ]),
    .testTarget(name: "ProcessesTests", dependencies: ["Deadlines", "Processes"]),
    .testTarget(
        name: "PurgingTests", dependencies: ["Deadlines", "Memory", "Purging", "Redis", "RedisFixture", "Storage"]),
    .testTarget(name: "RedisTests", dependencies: ["Deadlines", "Memory", "Redis", "RedisFixture"]),
    .testTarget(
        name: "RegionsTests",
        dependencies: [
            "Caching", "Configuration", "Deadlines", "Digests", "HTTPRules", "HostileOrigin", "Memory", "Metrics",
            "Processes", "Purging", "Redis", "RedisFixture", "Regions", "Storage", "Transfer",
            .product(name: "Logging", package: "swift-log"),
        ]),
    .testTarget(
        name: "RenderJobsTests",
        dependencies: [
            "Deadlines", "Memory", "PictureHeaders", "Processes", "RenderJobs", "Transformation", "apus-render",
        ]),
    .testTarget(
        name: "RenderingTests",
        dependencies: ["Deadlines", "Memory", "RenderJobs", "Rendering", "Transformation", "Vips"]),
    .testTarget(name: "SigningTests", dependencies: ["Signing"]),
    .testTarget(name: "S3Tests", dependencies: ["Deadlines", "HostileOrigin", "Memory", "S3", "Transfer"]),
    .testTarget(name: "SVGSanitisingTests", dependencies: ["SVGSanitising"]),
    .testTarget(
        name: "StorageTests",
        dependencies: ["Deadlines", "HostileOrigin", "Memory", "Processes", "S3", "Storage", "Transfer"]),
    .testTarget(name: "TextEncodingsTests", dependencies: ["TextEncodings"]),
    .testTarget(
        name: "TransferTests", dependencies: ["Deadlines", "HTTPRules", "HostileOrigin", "Memory", "Transfer"]),
    .testTarget(name: "TransformationTests", dependencies: ["Transformation"]),
    .testTarget(name: "TypesettingTests", dependencies: ["Typesetting"]),
    .testTarget(name: "VipsTests", dependencies: ["Deadlines", "Vips"]),
    .executableTarget(
        name: "lockdown-probe", dependencies: ["CRawCalls", "Lockdown", "Processes"], path: "Tests/LockdownProbe"),
    .systemLibrary(name: "CRawCalls", path: "Tests/CRawCalls"),
    .target(name: "HostileOrigin", dependencies: ["Deadlines"], path: "Tests/HostileOrigin"),
    .target(name: "RedisFixture", dependencies: ["Deadlines", "Redis"], path: "Tests/RedisFixture"),
]

let strictness: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "apus",
    products: [
        .executable(name: "apus", targets: ["apus"]),
        .executable(name: "apus-render", targets: ["apus-render"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: sources + tests,
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = strictness
}
