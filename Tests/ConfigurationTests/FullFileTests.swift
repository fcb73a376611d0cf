import Configuration
import Testing
import Transformation

/// A file that uses everything: the example of design §4.2 and the other kinds of origin.
struct FullFileTests {
    static let yaml = """
        region: eu-central
        regions:
          eu-central: { place: Frankfurt, url: "http://127.0.0.1:8080" }
          us-east:
            place: Virginia
            url: "https://us.images.example/base/"
            redis: { url: "unix:///run/redis.sock?db=2" }
            store: { type: S3_COMPATIBLE, endpoint: "https://s3.example:9000", bucket: b, accessKey: a, secretKey: s }
            workers: { slots: 64 }
            cache: { edgeAge: 5s }
        regionSecret: ${APUS_REGION_SECRET}
        workers: { processes: 2, slots: 128, renders: 3, memory: 4GB }
        redis: { url: "redis://:p%40ss@127.0.0.1:6379/1", maxValueBytes: 1MiB }
        store: { type: DISK, path: /var/lib/apus/store }
        cache: { maxAge: 30d, errorAge: 0s, edgeAge: 1m }
        limits: { sourceBytes: 20MB, fileBytes: 2GB, textLength: 100 }
        loaders: { svg: true, pdf: false, heic: false }
        network: { allow: ["127.0.0.0/8", "fd00::/8", "10.0.0.1"], caFile: certificates/more.pem }
        accounts:
          - id: demo
            publicKey: public_demo
            privateKeys: ["${DEMO_KEY}", old_key]
            homeRegion: eu-central
            origins:
              - { id: photos, type: DISK, path: ./samples }
              - { id: shop, type: WEB_FOLDER, baseUrl: "https://Shop.example/media/", forwardHostHeaderToOrigin: true }
              - { id: anywhere, type: WEB_PROXY, name: Any host }
              - { id: amazon, type: S3, bucket: b, useIAMRole: true, prefix: "a/b" }
              - { id: bucket, type: S3_COMPATIBLE, endpoint: "http://[::1]:9000", bucket: b,
                  accessKey: k, secretKey: s, s3ForcePathStyle: true }
              - { id: backup, type: CLOUDINARY_BACKUP, bucket: b, accessKey: k, secretKey: s }
              - id: google
                type: GCS
                bucket: b
                clientEmail: reader@project.example
                privateKey: "-----BEGIN PRIVATE KEY-----\\nAA==\\n-----END PRIVATE KEY-----\\n"
              - { id: azure, type: AZURE_BLOB, accountName: a, container: c,
                  sasToken: "?sv=1&sig=x", includeCanonicalHeader: true,
                  baseUrlForCanonicalHeader: "https://shop.example" }
              - { id: akeneo, type: AKENEO_PIM, baseUrl: "https://pim.example", clientId: i,
                  clientSecret: s, username: u, password: p }
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - urlPrefix: product-images
                description: What the shop shows
                origins: [bucket, shop]
                hosts: [Images.shop.example]
                homeRegion: us-east
                residency: home
                cacheControl: origin
                saveOriginals: true
                unsigned: named
                format: webp
                quality: 60
                unknownParameters: ignore
                svg: rasterise
                insecure: true
                widths: [1280, 320, 640]
                qualities: [80, 50]
                ladder: roundUp
                parameters: [w, h, e-grayscale, l]
                steps: 3
            namedTransformations: { thumb: "w-150,h-150,fo-auto" }
        """
    static let environment = ["APUS_REGION_SECRET": "between us", "DEMO_KEY": "private_1"]

    @Test func everySectionIsRead() throws {
        let configuration = try parse(Self.yaml, environment: Self.environment)
        #expect(configuration.region == "eu-central")
        #expect(configuration.regionSecrets == [Secret("between us")])
        #expect(configuration.workers.processes == 2 && configuration.workers.renders == 3)
        let redis = try #require(configuration.redis)
        #expect(redis.server == .tcp(.init(host: "127.0.0.1", port: 6379)))
        #expect(redis.password == Secret("p@ss") && redis.user == nil && redis.database == 1)
        #expect(redis.maxValueBytes == 1 << 20)
        #expect(configuration.store == .disk(path: "/var/lib/apus/store"))
        #expect(configuration.cache.errorAge == .zero && configuration.cache.edgeAge == .seconds(60))
        #expect(configuration.limits.fileBytes == 2_000_000_000 && configuration.limits.sourceBytes == 20_000_000)
        #expect(configuration.limits.textLength == 100 && configuration.workers.memoryBytes == 4_000_000_000)
        #expect(configuration.loaders.svg && !configuration.loaders.pdf && !configuration.loaders.heic)
        #expect(configuration.network.allow == ["127.0.0.0/8", "fd00::/8", "10.0.0.1"])
        #expect(configuration.network.caFile == "/etc/apus/certificates/more.pem")
    }

    @Test func aRegionHasItsOwnSectionsAndTheRestFromTheTop() throws {
        let overrides = Configuration.Overrides(region: "us-east")
        let configuration = try parse(Self.yaml, environment: Self.environment, overrides: overrides)
        #expect(configuration.region == "us-east")
        #expect(configuration.workers.slots == 64 && configuration.workers.processes == 2)
        #expect(configuration.redis?.server == .unix(path: "/run/redis.sock") && configuration.redis?.database == 2)
        #expect(configuration.redis?.maxValueBytes == 1 << 20)
        #expect(configuration.cache.edgeAge == .seconds(5) && configuration.cache.maxAge == .seconds(30 * 86_400))
        guard case .s3(let bucket) = configuration.store else {
            Issue.record("the region's own store was not taken")
            return
        }
        #expect(bucket.endpoint?.description == "https://s3.example:9000")
        #expect(configuration.regions["eu-central"]?.store == .disk(path: "/var/lib/apus/store"))
        #expect(configuration.regions["us-east"]?.url?.description == "https://us.images.example/base")
    }

    @Test func everyKindOfOriginIsRead() throws {
        let account = try #require(try parse(Self.yaml, environment: Self.environment).accounts.first)
        #expect(Set(account.origins.map(\.kindName)) == Set(OriginSettings.KindName.allCases))
        let kinds = Dictionary(uniqueKeysWithValues: account.origins.map { ($0.id, $0.kind) })
        #expect(kinds["photos"] == .disk(path: "/etc/apus/samples"))
        guard case .webFolder(let shop) = kinds["shop"], case .s3Compatible(let bucket) = kinds["bucket"],
            case .s3(let amazon) = kinds["amazon"], case .azureBlob(let azure) = kinds["azure"]
        else {
            Issue.record("an origin has the wrong kind")
            return
        }
        #expect(shop.baseUrl.description == "https://shop.example/media" && shop.forwardHostHeaderToOrigin)
        #expect(bucket.endpoint?.host == "::1" && bucket.endpoint?.authority == "[::1]:9000" && bucket.s3ForcePathStyle)
        #expect(amazon.keys.useIAMRole && amazon.prefix == "a/b")
        #expect(azure.sasToken.value == "?sv=1&sig=x")
        #expect(
            account.origins.filter(\.includeCanonicalHeader).map(\.baseUrlForCanonicalHeader?.host) == ["shop.example"])
    }

    @Test func aURLEndpointIsRead() throws {
        let account = try #require(try parse(Self.yaml, environment: Self.environment).accounts.first)
        #expect(account.privateKeys == [Secret("private_1"), Secret("old_key")])
        let endpoint = try #require(account.urlEndpoints.last)
        #expect(endpoint.origins == ["bucket", "shop"] && endpoint.hosts == ["images.shop.example"])
        #expect(endpoint.homeRegion == "us-east" && endpoint.residency == .home && endpoint.cacheControl == .origin)
        #expect(endpoint.saveOriginals && endpoint.unsigned == .named && endpoint.format == .webp)
        #expect(endpoint.quality == 60 && endpoint.unknownParameters == .ignore && endpoint.svg == .rasterise)
        #expect(endpoint.isInsecure && !account.isInsecure)
        var ladder = Ladder()
        (ladder.widths, ladder.heights, ladder.qualities) = ([320, 640, 1280], [320, 640, 1280], [50, 80])
        (ladder.mode, ladder.parameters, ladder.steps) = (.roundUp, ["w", "h", "e-grayscale", "l"], 3)
        #expect(endpoint.ladder == ladder)
    }

    @Test func nothingPrintedShowsASecret() throws {
        let configuration = try parse(Self.yaml, environment: Self.environment)
        var dumped = ""
        dump(configuration, to: &dumped)
        let printed = "\(configuration) \(String(reflecting: configuration)) \(dumped)"
        for secret in ["between us", "private_1", "old_key", "p@ss", "PRIVATE KEY", "sig=x"] {
            #expect(!printed.contains(secret))
        }
        #expect(printed.contains("(secret)"))
    }
}
