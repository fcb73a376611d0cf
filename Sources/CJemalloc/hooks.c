#include "CJemalloc.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// The hooks of an arena ("arena.<i>.extent_hooks"), in jemalloc's order: alloc is the first of nine.
typedef struct hooks {
    void *(*alloc)(struct hooks *, void *, size_t, size_t, bool *, bool *, unsigned);
    void (*others[8])(void);
} hooks;

typedef int control(const char *, void *, size_t *, void *, size_t);

static hooks before, now;
static int status_without_memory;

// Pages from the kernel. Without an address that they must have, somebody needs them.
static void *pages_or_end(
    hooks *given, void *address, size_t size, size_t alignment, bool *zero, bool *commit, unsigned arena) {
    void *pages = before.alloc(given, address, size, alignment, zero, commit, arena);
    if (!pages && !address) _exit(status_without_memory);
    return pages;
}

// What is large ("opt.oversize_threshold") has an arena of its own, which is there after the first of it.
enum { large = 32 << 20 };

bool apus_end_without_memory(int status) {
    void *volatile first = malloc(large);
    free(first);
    control *mallctl = (control *)dlsym(NULL, "mallctl");
    unsigned arenas = 0;
    size_t length = sizeof arenas;
    if (!mallctl || mallctl("arenas.narenas", &arenas, &length, NULL, 0)) return false;
    hooks *old = NULL, *new = &now;
    length = sizeof old;
    if (mallctl("arena.0.extent_hooks", &old, &length, NULL, 0) || !old || !old->alloc) return false;
    status_without_memory = status;
    before = now = *old;
    now.alloc = pages_or_end;
    for (unsigned arena = 0; arena < arenas; arena++) {
        char name[40];
        snprintf(name, sizeof name, "arena.%u.extent_hooks", arena);
        if (mallctl(name, NULL, NULL, &new, sizeof new)) return false;
    }
    return true;
}
