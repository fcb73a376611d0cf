// What libseccomp offers only as macros that Swift cannot import. No state, no allocation.
#include <errno.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

// seccomp(2): whether this kernel has it, and whoever has started all this lets it be used. 2 is SECCOMP_GET_ACTION_AVAIL.
static inline int apus_seccomp_is_available(void) {
    uint32_t action = SCMP_ACT_KILL_PROCESS;
    return syscall(SYS_seccomp, 2, 0, &action) == 0;
}

static inline uint32_t apus_seccomp_allow(void) { return SCMP_ACT_ALLOW; }
static inline uint32_t apus_seccomp_end_process(void) { return SCMP_ACT_KILL_PROCESS; }
static inline uint32_t apus_seccomp_refuse(int code) { return SCMP_ACT_ERRNO(code); }
