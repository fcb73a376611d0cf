// What is asked of jemalloc(3) where a process has it loaded before the C library's allocator. Found by name, so that
// nothing is linked.
#include <stdbool.h>

// Ends this process with a status as soon as it gets no more memory. False where there is no jemalloc, or another one.
// Call it once, before there are threads.
bool apus_end_without_memory(int status);
