// What the Linux headers offer only as macros, as variadic functions or behind _GNU_SOURCE (which Swift's own import of
// the C library does not define, and which must not differ here). A function each; no state, no allocation; the errno of
// the call is left in place.
#include <errno.h>
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

// sched_getaffinity(2) lies behind _GNU_SOURCE. How many processors this thread may run on; 0 if nobody knows.
static inline int apus_allowed_processors(void) {
    unsigned long mask[1024 / sizeof(unsigned long)];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word < bytes / (long)sizeof(unsigned long); word++)
        count += __builtin_popcountl(mask[word]);
    return count;
}

// spawn.h has it behind _GNU_SOURCE.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// The CMSG_* macros (cmsg(3)). One descriptor at most travels with a message; -1 is none.
static inline ssize_t apus_send_message(int socket, const void *bytes, size_t count, int descriptor) {
    struct iovec vector = {(void *)bytes, count};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// Stores the received descriptor, or -1, in `descriptor`. A message or a control part that was cut counts as EMSGSIZE.
static inline ssize_t apus_receive_message(int socket, void *bytes, size_t count, int *descriptor) {
    struct iovec vector = {bytes, count};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    *descriptor = -1;
    ssize_t received = recvmsg(socket, &message, 0x40000000 /* MSG_CMSG_CLOEXEC */);
    if (received < 0) return received;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    int excess = -1;
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        // The alignment of the control part leaves room for a second descriptor.
        if (header->cmsg_len >= CMSG_LEN(sizeof(int))) memcpy(descriptor, CMSG_DATA(header), sizeof(int));
        if (header->cmsg_len >= CMSG_LEN(2 * sizeof(int)))
            memcpy(&excess, CMSG_DATA(header) + sizeof(int), sizeof(int));
    }
    if (excess >= 0 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        if (excess >= 0) close(excess);
        if (*descriptor >= 0) close(*descriptor);
        *descriptor = -1;
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

// WIFEXITED and its relatives are macros: the exit status, or 128 + the signal's number, as shells say it.
static inline int apus_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }
