// What the Linux headers offer only as macros, as variadic functions or behind _GNU_SOURCE (which Swift's own import of
// the C library does not define, and which must not differ here). A function each; no state, no allocation; the errno of
// the call is left in place.
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// prctl(2) is variadic.
static inline int apus_die_with_parent(int signal_number) { return prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0); }
static inline int apus_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// 5 is SCHED_IDLE (sched(7)).
static inline int apus_schedule_idle(void) {
    struct sched_param parameters;
    memset(&parameters, 0, sizeof parameters);
    return sched_setscheduler(0, 5, &parameters);
}

// 3 is SCHED_BATCH (sched(7)).
static inline int apus_schedule_batch(void) {
    struct sched_param parameters;
    memset(&parameters, 0, sizeof parameters);
    return sched_setscheduler(0, 3, &parameters);
}

// What keeps whoever is asked for by execve(2) from having more than this process has. Needed before it locks itself in.
static inline int apus_never_gain_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

// capset(2): no capability at all, also for root. glibc has no wrapper. Whether it is so then.
static inline int apus_drop_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3], present[_LINUX_CAPABILITY_U32S_3];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &header, none) == 0) return 0;
    // A service manager may forbid the call, where there is nothing to drop.
    if (syscall(SYS_capget, &header, present) != 0) return -1;
    for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++)
        if (present[word].effective | present[word].permitted) return -1;
    return 0;
}

// Landlock (landlock(7)), for which glibc has no wrappers. The highest version that the kernel knows; below 1 if none.
static inline int apus_landlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

// Debian 12's headers know the first of these fields alone. `size`: how many bytes of it the kernel knows.
struct apus_landlock_ruleset {
    unsigned long long files, network, scopes;
};
static inline int apus_landlock_ruleset(const struct apus_landlock_ruleset *attributes, size_t size) {
    return (int)syscall(SYS_landlock_create_ruleset, attributes, size, 0);
}

// Allows `access` to `path` and all below it.
static inline int apus_landlock_allow(int ruleset, const char *path, unsigned long long access) {
    struct landlock_path_beneath_attr rule = {access, open(path, 010000000 /* O_PATH */ | O_CLOEXEC)};
    if (rule.parent_fd < 0) return -1;
    int code = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int error = errno;
    close(rule.parent_fd);
    errno = error;
    return code;
}
static inline int apus_landlock_enter(int ruleset) { return (int)syscall(SYS_landlock_restrict_self, ruleset, 0); }

// sched_getaffinity(2) lies behind _GNU_SOURCE. How many processors this thread may run on; 0 if nobody knows.
static inline int apus_allowed_processors(void) {
    unsigned long mask[1024 / sizeof(unsigned long)];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word < bytes / (long)sizeof(unsigned long); word++)
        count += __builtin_popcountl(mask[word]);
    return count;
}

// This thread runs on one processor alone from now on: that which has `number` others before it among those that it may
// run on. -1 where there is none.
static inline int apus_run_on(int number) {
    unsigned long mask[1024 / sizeof(unsigned long)];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    for (long word = 0; word < bytes / (long)sizeof(unsigned long); word++)
        for (unsigned long left = mask[word]; left; left &= left - 1) {
            if (number--) continue;
            unsigned long own[1024 / sizeof(unsigned long)] = {0};
            own[word] = left & -left;
            return (int)syscall(SYS_sched_setaffinity, 0, sizeof own, own);
        }
    return -1;
}

// spawn.h has it behind _GNU_SOURCE.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// The CMSG_* macros (cmsg(3)). As many descriptors as this travel with a message; the kernel's own limit is 253. An even
// number, so that the alignment of the control part leaves no room for one more.
enum { APUS_DESCRIPTORS_PER_MESSAGE = 128 };

union apus_descriptors {
    char bytes[CMSG_SPACE(APUS_DESCRIPTORS_PER_MESSAGE * sizeof(int))];
    struct cmsghdr align;
};

// `descriptor_count` is at most APUS_DESCRIPTORS_PER_MESSAGE; more is EINVAL.
static inline ssize_t apus_send_message(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
    struct iovec vector = {(void *)bytes, count};
    union apus_descriptors control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (descriptor_count > APUS_DESCRIPTORS_PER_MESSAGE) {
        errno = EINVAL;
        return -1;
    }
    if (descriptor_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(descriptor_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptor_count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, descriptor_count * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// Stores the received descriptors in `descriptors`, which has room for APUS_DESCRIPTORS_PER_MESSAGE, and how many they are
// in `descriptor_count`. A message or a control part that was cut counts as EMSGSIZE, and all that came with it is closed.
// Where there was room for more descriptors here, it was this process that could have no more of them: EMFILE.
static inline ssize_t apus_receive_message(
    int socket, void *bytes, size_t count, int *descriptors, size_t *descriptor_count) {
    struct iovec vector = {bytes, count};
    union apus_descriptors control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    *descriptor_count = 0;
    ssize_t received = recvmsg(socket, &message, 0x40000000 /* MSG_CMSG_CLOEXEC */);
    if (received < 0) return received;
    int is_cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t length = header->cmsg_len - CMSG_LEN(0);
        for (size_t offset = 0; offset + sizeof(int) <= length; offset += sizeof(int)) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + offset, sizeof descriptor);
            if (*descriptor_count < APUS_DESCRIPTORS_PER_MESSAGE) {
                descriptors[(*descriptor_count)++] = descriptor;
            } else {
                close(descriptor);
                is_cut = 1;
            }
        }
    }
    if (is_cut) {
        int is_short = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == MSG_CTRUNC
            && *descriptor_count < APUS_DESCRIPTORS_PER_MESSAGE;
        while (*descriptor_count > 0) close(descriptors[--*descriptor_count]);
        errno = is_short ? EMFILE : EMSGSIZE;
        return -1;
    }
    return received;
}

// WIFEXITED and its relatives are macros: the exit status, or 128 + the signal's number, as shells say it.
static inline int apus_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }
