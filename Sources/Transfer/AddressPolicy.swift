package import HTTPRules

/// Which addresses a transfer may reach. Judged on the resolved address at the moment it is dialled: neither a name with
/// a private address, nor one that resolves differently the second time, nor another spelling of an address passes.
package enum AddressPolicy: Hashable, Sendable {
    /// The owner has named the host: any address, any port.
    case configured
    /// Someone else has: public addresses, those that the owner allows (`network.allow`), no port of another protocol.
    case publicOnly(allowed: [IPRange])

    /// Whether a URL may name that port.
    package func allows(port: Int) -> Bool {
        switch self {
        case .configured: true
        case .publicOnly: !ForbiddenPorts.contains(port)
        }
    }

    /// Whether the address may be dialled.
    package func allows(_ address: IPAddress) -> Bool {
        guard case .publicOnly(let allowed) = self else { return true }
        return PublicAddresses.contains(address) || allowed.contains { $0.contains(address) }
    }
}
