// Loaded into the daemon alone (LD_PRELOAD) by the campaigns of failing calls: what they count begins with main(), and
// none of the daemon's children sees any of it.
//
//   TORTURE_TRACED=FILE       is made when main() would begin, which waits until somebody traces the process; for 20 s,
//                             then the status is 99
//   TORTURE_ALLOCATION=N      the N-th allocation fails (0: none); needs TORTURE_REPORT
//   TORTURE_REPORT=FILE       says which one failed, with its backtrace, and how many there were
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

typedef int main_function(int, char**, char**);
typedef int start_function(main_function*, int, char**, void (*)(void), void (*)(void), void (*)(void), void*);

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

enum { traces_shown = 60, highest_descriptor = 900, tracer_missing = 99 };

static main_function* their_main;
static atomic_bool counting;
static atomic_long allocations;
static long failing;
static int report = -1;
static _Thread_local bool reporting __attribute__((tls_model("initial-exec")));

static void say(const char* what, long number) {
    char line[80];
    const int length = snprintf(line, sizeof line, "%s %ld\n", what, number);
    if (write(report, line, (size_t)length) < 0) return;
}

// Whether this allocation is the one that fails.
static bool fails(void) {
    if (!counting || reporting || atomic_fetch_add(&allocations, 1) + 1 != failing) return false;
    reporting = true;
    void* frames[traces_shown];
    const int count = backtrace(frames, traces_shown);
    say("failed", failing);
    backtrace_symbols_fd(frames, count, report);
    reporting = false;
    errno = ENOMEM;
    return true;
}

void* malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }
void* memalign(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** place, size_t alignment, size_t size) {
    void* got = memalign(alignment, size);
    if (!got) return ENOMEM;
    *place = got;
    return 0;
}

// By no call that is made to fail: the file is open.
static bool is_traced(int status) {
    char text[4096];
    const ssize_t length = pread(status, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    const char* tracer = strstr(text, "TracerPid:");
    return tracer && atoi(tracer + strlen("TracerPid:")) != 0;
}

static void wait_for_tracer(const char* sign) {
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    const int status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    close(open(sign, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (int waited = 0; !is_traced(status); ++waited) {
        if (waited == 20000) _exit(tracer_missing);
        usleep(1000);
    }
    close(status);
}

static void begin_to_count(const char* which) {
    const int file = open(getenv("TORTURE_REPORT"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    report = fcntl(file, F_DUPFD_CLOEXEC, highest_descriptor);
    close(file);
    void* frame = NULL;
    backtrace(&frame, 1);  // the first one loads a library
    failing = atol(which);
    counting = true;
}

static int begin(int count, char** words, char** environment) {
    (void)environment;
    unsetenv("LD_PRELOAD");
    const char* sign = getenv("TORTURE_TRACED");
    if (sign) wait_for_tracer(sign);
    const char* which = getenv("TORTURE_ALLOCATION");
    if (which) begin_to_count(which);
    const int status = their_main(count, words, environ);
    counting = false;
    if (which) say("allocations", allocations);
    return status;
}

int __libc_start_main(main_function* program, int count, char** words, void (*init)(void), void (*fini)(void),
                      void (*linker_fini)(void), void* stack_end) {
    their_main = program;
    start_function* real = (start_function*)dlsym(RTLD_NEXT, "__libc_start_main");
    return real(begin, count, words, init, fini, linker_fini, stack_end);
}
