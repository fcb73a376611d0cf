/// Keys, values and files, most of them right.
enum Files {
    static let words =
        (keys.flatMap { ["\n\($0): ", "{ \($0): ", ", \($0): "] } + [
            "[", "]", "{", "}", "- ", ": ", "\n  ", "\"", "'", "|\n", ">\n", "# ", "&a ", "*a", "!!str ", "? ", "---\n",
            "...\n", "~", "null",
            "true", "false", "0", "-1", "1", "100", "99999999999999999999", "1e3", "10MB", "4GiB", "100MP", "180d",
            "20ms", "0s", "1.5s",
            "${KEY}", "${NONE}", "${file:", "$${", "${", "DISK", "WEB_FOLDER", "WEB_PROXY", "S3", "S3_COMPATIBLE",
            "GCS", "AZURE_BLOB",
            "AKENEO_PIM", "CLOUDINARY_BACKUP", "CLOUDFRONT", "HTTP", "allow", "named", "deny", "home", "none", "origin",
            "default",
            "rasterise", "keep", "auto", "ignore", "roundUp", "exact", "reject", "http://a.example",
            "https://b.example:8443/x",
            "redis://127.0.0.1:6379/0", "unix:///a", "redis+sentinel://a,b/m", "10.0.0.0/8", "::1", "w-300,h-200",
            "\u{FEFF}", "\u{85}", "\t",
        ])

    private static let keys = """
        region regions regionSecret place url addresses location insecure workers processes slots renders memory listen hosts fronts
        redis maxValueBytes store type path maxBytes cache maxAge sharedMaxAge errorAge edgeAge staleAge limits sourceBytes documentBytes
        sourcePixels outputPixels frames steps layers redirects fileBytes textLength loaders svg pdf heic timeouts total connect firstByte
        stall render confirm network allow operations caFile requestedBy dns zone host ttl nameservers accounts id publicKey privateKeys
        homeRegion origins name baseUrl forwardHostHeaderToOrigin bucket prefix accessKey secretKey useIAMRole endpoint s3ForcePathStyle
        clientEmail privateKey accountName container sasToken clientId clientSecret username password includeCanonicalHeader
        baseUrlForCanonicalHeader urlEndpoints urlPrefix description residency cacheControl saveOriginals unsigned format quality
        unknownParameters widths heights qualities ladder parameters cdn distributionId method headers body namedTransformations
        """.split { $0 == " " || $0 == "\n" }.map(String.init)

    static let all = [small, large, regions, insecure]

    private static let small =
        "accounts: [{ id: demo, privateKeys: [a], origins: [{ id: photos, type: DISK, path: samples }] }]"

    private static let insecure = """
        accounts:
          - id: open
            insecure: true
            origins: [{ id: any, type: WEB_PROXY }]
          - id: half
            privateKeys: ["${KEY}"]
            origins: [{ id: any, type: WEB_PROXY }, { id: f, type: WEB_FOLDER, baseUrl: "https://a.example/b" }]
            urlEndpoints:
              - { urlPrefix: "", origins: [any], unsigned: named }
              - { urlPrefix: p, origins: [f, any], insecure: true, widths: [320, 640], qualities: [50], ladder: roundUp, parameters: [w, q], steps: 1 }
        """

    private static let regions = """
        region: eu
        regions:
          eu: { place: Frankfurt, url: "https://eu.example", workers: { slots: 64, hosts: ["10.0.0.1:9000"] } }
          us: { url: "https://us.example", addresses: [203.0.113.5, "2001:db8::5"], location: [-23.5, 46.6], cache: { edgeAge: 5s } }
        regionSecret: ["${KEY}0123456789", "0123456789abcdef"]
        store: { type: S3_COMPATIBLE, endpoint: "https://s3.example", bucket: b, accessKey: a, secretKey: "${KEY}" }
        redis: { url: "redis://10.0.0.9:6379/1", maxValueBytes: 1MiB }
        dns: { zone: images.example, host: img.images.example, ttl: 60s, nameservers: [ns1.images.example] }
        accounts:
          - id: demo
            privateKeys: ["${KEY}", b]
            homeRegion: eu
            origins: [{ id: amazon, type: S3, bucket: b, useIAMRole: true, prefix: a/b }]
            urlEndpoints:
              - urlPrefix: shop
                origins: [amazon]
                hosts: [img.shop.example]
                residency: home
                cdn: { type: HTTP, method: POST, url: "https://api.cdn.example/?u={url}", headers: { A: "Bearer ${OTHER}" }, body: "{path}" }
            namedTransformations: { thumb: "w-150,h-150,fo-auto", b: "e-grayscale:rt-90" }
        """

    private static let large = """
        workers: { processes: 2, slots: 128, renders: 3, memory: 4GB }
        store: { type: DISK, path: /var/lib/apus/store, maxBytes: 10GB }
        cache: { maxAge: 30d, sharedMaxAge: 1d, errorAge: 0s, edgeAge: 1m, staleAge: 7d }
        limits: { sourceBytes: 20MB, sourcePixels: 100MP, outputPixels: 50MP, frames: 200, steps: 10, layers: 20, textLength: 100 }
        loaders: { svg: true, pdf: false, heic: false }
        timeouts: { total: 20s, connect: 3s, firstByte: 8s, stall: 5s, render: 15s, redis: 20ms, confirm: 60s }
        network: { allow: ["127.0.0.0/8", "fd00::/8"], operations: ["10.0.0.1"], caFile: a.pem, requestedBy: imagekit }
        accounts:
          - id: demo
            publicKey: public_demo
            privateKeys: ["${KEY}"]
            origins:
              - { id: shop, type: WEB_FOLDER, baseUrl: "https://shop.example/media/", forwardHostHeaderToOrigin: true }
              - { id: google, type: GCS, bucket: b, clientEmail: a@b.example, privateKey: "${OTHER}" }
              - { id: azure, type: AZURE_BLOB, accountName: a, container: c, sasToken: "?sv=1&sig=x" }
              - { id: pim, type: AKENEO_PIM, baseUrl: "https://pim.example", clientId: i, clientSecret: s, username: u, password: p }
            urlEndpoints:
              - { urlPrefix: "", origins: [shop], unsigned: deny, format: webp, quality: 60, svg: rasterise, cacheControl: origin }
        """
}
