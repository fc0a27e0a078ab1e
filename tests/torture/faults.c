// Loaded into the daemon alone (LD_PRELOAD) by campaigns: what they count begins with main(), and none of the daemon's
// children sees any of it.
//
//   TORTURE_TRACED=FILE       is made when main() would begin, which waits until somebody traces the process; for 20 s,
//                             then the status is 99
//   TORTURE_ALLOCATION=N      the N-th allocation fails (0: none); needs TORTURE_REPORT
//   TORTURE_REPORT=FILE       says which one failed, with its backtrace, and how many there were
//   TORTURE_CLOCK=FILE        its eight bytes are the nanoseconds by which the wall clock is ahead, at any time
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int main_function(int, char**, char**);
typedef int start_function(main_function*, int, char**, void (*)(void), void (*)(void), void (*)(void), void*);

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

typedef int clock_function(clockid_t, struct timespec*);

enum { traces_shown = 60, highest_descriptor = 900, unprepared = 99 };

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

static const _Atomic int64_t* ahead;
static clock_function* true_clock;

__attribute__((constructor)) static void find_true_clock(void) {
    true_clock = (clock_function*)dlsym(RTLD_NEXT, "clock_gettime");
}

int clock_gettime(clockid_t which, struct timespec* now) {
    const int status = true_clock ? true_clock(which, now) : (int)syscall(SYS_clock_gettime, which, now);
    if (status != 0 || !ahead || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return status;
    const int64_t second = 1000000000;
    const int64_t moved = now->tv_sec * second + now->tv_nsec + *ahead;
    now->tv_sec = moved / second;
    now->tv_nsec = moved % second;
    return 0;
}

int gettimeofday(struct timeval* now, void* zone) {
    (void)zone;
    struct timespec exact;
    const int status = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return status;
}

time_t time(time_t* into) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (into) *into = exact.tv_sec;
    return exact.tv_sec;
}

static void take_clock(const char* path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    void* shared = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED) _exit(unprepared);
    ahead = shared;
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
        if (waited == 20000) _exit(unprepared);
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
    const char* clock_file = getenv("TORTURE_CLOCK");
    if (clock_file) take_clock(clock_file);
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
