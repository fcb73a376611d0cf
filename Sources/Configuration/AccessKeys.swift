/// How Amazon's services, and those that speak like them, know who asks.
package struct AccessKeys: Sendable, Equatable {
    /// Empty where `useIAMRole`.
    package let accessKey: Secret
    /// Empty where `useIAMRole`.
    package let secretKey: Secret
    /// Credentials come from the machine's role.
    package let useIAMRole: Bool
}

extension AccessKeys {
    /// - Parameter mayUseRole: whether `useIAMRole` is a setting there.
    init(from section: Section, type: String, mayUseRole: Bool = true) {
        useIAMRole = mayUseRole ? section.value("useIAMRole", .boolean) ?? false : false
        if useIAMRole {
            accessKey = section.value("accessKey", .emptySecret) ?? Secret("")
            secretKey = section.value("secretKey", .emptySecret) ?? Secret("")
        } else {
            accessKey = section.required("accessKey", .secret(max: 100), for: type)
            secretKey = section.required("secretKey", .secret(max: 100), for: type)
        }
    }
}
