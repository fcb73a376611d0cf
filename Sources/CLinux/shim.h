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
        while (*descriptor_count > 0) close(descriptors[--*descriptor_count]);
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

// WIFEXITED and its relatives are macros: the exit status, or 128 + the signal's number, as shells say it.
static inline int apus_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }
