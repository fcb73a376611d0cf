/// Ports that a URL given by a user may not name, whatever the address: something other than HTTP listens there, and may
/// understand a request as a command. The list of the Fetch standard ("port blocking"), and the usual ports of
/// databases, queues and container engines.
enum ForbiddenPorts {
    static func contains(_ port: Int) -> Bool {
        browsers.contains(port) || services.contains(port)
    }

    private static let browsers: Set<Int> = [
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
    ]

    private static let services: Set<Int> = [
        445,  // SMB
        1433, 1521, 3306, 5432, 27_017, 27_018,  // SQL Server, Oracle, MySQL, PostgreSQL, MongoDB
        1883, 5671, 5672, 8883, 9092,  // MQTT, AMQP, Kafka
        2181, 2375, 2376, 2379, 2380, 10_250,  // ZooKeeper, Docker, etcd, kubelet
        3389, 5900,  // remote desktops
        6379, 6380, 11_211, 16_379, 26_379,  // Redis, memcached, Redis Cluster and Sentinel
        9042, 9300,  // Cassandra, Elasticsearch's own protocol
    ]
}
