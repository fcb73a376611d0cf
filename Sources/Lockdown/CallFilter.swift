import CSeccomp
import Glibc

/// A filter of system calls (seccomp(2)) by a list of those that decoding, drawing and encoding need. All others fail, as
/// if this user might not do that; some, which nobody makes by mistake, end the process.
struct CallFilter {
    /// The one descriptor for messages.
    let socket: Int32

    /// Whether it is in force then; false where the kernel has none, or does not let it be used.
    func enter() throws(LockdownError) -> Bool {
        guard apus_seccomp_is_available() != 0 else { return false }
        guard let filter = seccomp_init(apus_seccomp_refuse(EPERM)) else {
            throw LockdownError(step: .calls, errno: ENOMEM)
        }
        defer { seccomp_release(filter) }
        try set(SCMP_FLTATR_ACT_BADARCH, apus_seccomp_end_process(), filter)
        try set(SCMP_FLTATR_CTL_TSYNC, 1, filter)
        // A tree instead of a list: a call costs a dozen comparisons, not a hundred.
        try set(SCMP_FLTATR_CTL_OPTIMIZE, 2, filter)
        for name in CallTable.allowed { try add(name, apus_seccomp_allow(), [], filter) }
        for name in CallTable.ending { try add(name, apus_seccomp_end_process(), [], filter) }
        // glibc does without what a kernel does not know.
        for name in CallTable.unknown { try add(name, apus_seccomp_refuse(ENOSYS), [], filter) }
        for (name, conditions) in CallTable.conditional(socket: socket) {
            try add(name, apus_seccomp_allow(), conditions, filter)
        }
        let code = seccomp_load(filter)
        switch -code {
        case 0: return true
        // The kernel was built without, or whoever has started all this has forbidden it.
        case EINVAL, ENOSYS, EPERM, EACCES, EOPNOTSUPP, ECANCELED: return false
        default: throw LockdownError(step: .calls, errno: -code)
        }
    }

    private func set(
        _ attribute: scmp_filter_attr, _ value: UInt32, _ filter: scmp_filter_ctx
    ) throws(LockdownError) {
        let code = seccomp_attr_set(filter, attribute, value)
        guard code == 0 || code == -EOPNOTSUPP else { throw LockdownError(step: .calls, errno: -code) }
    }

    private func add(
        _ name: String, _ action: UInt32, _ conditions: [CallTable.Condition], _ filter: scmp_filter_ctx
    ) throws(LockdownError) {
        let number = seccomp_syscall_resolve_name(name)
        // This version of the library does not know it, or this processor does not have it.
        guard number >= 0 else { return }
        let rules = conditions.map {
            scmp_arg_cmp(arg: $0.argument, op: SCMP_CMP_MASKED_EQ, datum_a: $0.mask, datum_b: $0.value)
        }
        let code = seccomp_rule_add_array(filter, action, number, UInt32(rules.count), rules)
        guard code == 0 else { throw LockdownError(step: .calls, errno: -code) }
    }
}
