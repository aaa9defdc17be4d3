/*
 * Runs a program and makes one of its system calls fail: the NUMBERth of those that write, name or sync a file. 0 makes
 * none fail. Each such call is a line of LOG: its number, its name, its file. Only the program itself is watched, with
 * all its threads; its child processes are not. A tracer and not a preloaded library, because parts of the program make
 * system calls without the C library.
 *
 * usage: inject NUMBER LOG PROGRAM [ARGUMENT...]      exits as the program does, or with 99 when it cannot trace
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/elf.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* <sys/ptrace.h> and <linux/ptrace.h> cannot both be included. */
extern long ptrace(int request, ...);

enum what { DESCRIPTOR, PATH, CREATE };

/* Calls that can fail, and which argument tells the file. Of those that open, the flags are the next argument. */
static const struct call {
    long number;
    const char *name;
    enum what what;
    int argument;
} CALLS[] = {
    {SYS_write, "write", DESCRIPTOR, 0},
    {SYS_pwrite64, "pwrite64", DESCRIPTOR, 0},
    {SYS_writev, "writev", DESCRIPTOR, 0},
    {SYS_pwritev, "pwritev", DESCRIPTOR, 0},
    {SYS_pwritev2, "pwritev2", DESCRIPTOR, 0},
    {SYS_sendfile, "sendfile", DESCRIPTOR, 0},
    {SYS_copy_file_range, "copy_file_range", DESCRIPTOR, 2},
    {SYS_ftruncate, "ftruncate", DESCRIPTOR, 0},
    {SYS_fallocate, "fallocate", DESCRIPTOR, 0},
    {SYS_fchmod, "fchmod", DESCRIPTOR, 0},
    {SYS_fsync, "fsync", DESCRIPTOR, 0},
    {SYS_fdatasync, "fdatasync", DESCRIPTOR, 0},
    {SYS_sync_file_range, "sync_file_range", DESCRIPTOR, 0},
    {SYS_openat, "openat", CREATE, 1},
    {SYS_mkdirat, "mkdirat", PATH, 1},
    {SYS_renameat2, "renameat2", PATH, 3},
    {SYS_symlinkat, "symlinkat", PATH, 2},
    {SYS_linkat, "linkat", PATH, 3},
#ifdef SYS_renameat
    {SYS_renameat, "renameat", PATH, 3},
#endif
#ifdef SYS_open
    {SYS_open, "open", CREATE, 0},
    {SYS_mkdir, "mkdir", PATH, 0},
    {SYS_rename, "rename", PATH, 1},
    {SYS_symlink, "symlink", PATH, 1},
    {SYS_link, "link", PATH, 1},
#endif
};

static void give_up(const char *what) {
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    exit(99);
}

/* Makes the call that a thread is about to make one that does not exist. */
static void cancel(pid_t thread) {
#if defined(__x86_64__)
    if (ptrace(PTRACE_POKEUSR, thread, offsetof(struct user, regs.orig_rax), -1L)) give_up("cancel a call");
#elif defined(__aarch64__)
    int none = -1;
    struct iovec vector = {&none, sizeof none};
    if (ptrace(PTRACE_SETREGSET, thread, NT_ARM_SYSTEM_CALL, &vector)) give_up("cancel a call");
#else
#error "this processor's registers are not known here"
#endif
}

/* Lets the call that a thread has been in return an error. */
static void fail(pid_t thread, int error) {
#if defined(__x86_64__)
    if (ptrace(PTRACE_POKEUSR, thread, offsetof(struct user, regs.rax), (long)-error)) give_up("set a result");
#elif defined(__aarch64__)
    struct user_regs_struct registers;
    struct iovec vector = {&registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &vector)) give_up("read a result");
    registers.regs[0] = (uint64_t)(int64_t)-error;
    if (ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &vector)) give_up("set a result");
#endif
}

static void read_text(pid_t thread, uint64_t address, char *text, size_t size) {
    /* A page at a time: the next one may not be there. */
    size_t length = 0;
    while (length + 1 < size) {
        size_t part = 4096 - (address + length) % 4096;
        if (part > size - 1 - length) part = size - 1 - length;
        struct iovec to = {text + length, part}, from = {(void *)(uintptr_t)(address + length), part};
        ssize_t count = process_vm_readv(thread, &to, 1, &from, 1, 0);
        if (count <= 0) break;
        if (memchr(text + length, 0, (size_t)count)) return;
        length += (size_t)count;
    }
    text[length] = 0;
}

/* The path that a call names; where it starts at an open folder, from there. */
static void read_path(pid_t thread, const struct ptrace_syscall_info *info, const struct call *call, char *file,
                      size_t size) {
    size_t length = 0;
    if (strstr(call->name, "at") && (int)info->entry.args[call->argument - 1] != AT_FDCWD) {
        char link[64];
        snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, (int)info->entry.args[call->argument - 1]);
        ssize_t count = readlink(link, file, size - 2);
        length = count < 0 ? 0 : (size_t)count;
        if (length) file[length++] = '/';
    }
    read_text(thread, info->entry.args[call->argument], file + length, size - length);
    if (length && file[length] == '/') memmove(file, file + length, strlen(file + length) + 1);
}

/* Whether a call is one of those that can fail, and of which file. */
static const struct call *fallible(pid_t thread, const struct ptrace_syscall_info *info, char *file, size_t size) {
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++) {
        const struct call *call = &CALLS[i];
        if ((long)info->entry.nr != call->number) continue;
        if (call->what == DESCRIPTOR) {
            char link[64];
            snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, (int)info->entry.args[call->argument]);
            ssize_t length = readlink(link, file, size - 1);
            file[length < 0 ? 0 : length] = 0;
            /* Pipes, sockets and the like have no path. */
            if (file[0] != '/' || !strncmp(file, "/dev/", 5) || !strncmp(file, "/proc/", 6)) return NULL;
        } else {
            if (call->what == CREATE && !(info->entry.args[call->argument + 1] & O_CREAT)) return NULL;
            read_path(thread, info, call, file, size);
        }
        return call;
    }
    return NULL;
}

int main(int count, char **words) {
    if (count < 4) {
        fprintf(stderr, "usage: inject NUMBER LOG PROGRAM [ARGUMENT...]\n");
        return 99;
    }
    long wanted = atol(words[1]), number = 0;
    FILE *log = fopen(words[2], "w");
    if (!log) give_up(words[2]);
    pid_t program = fork();
    if (program < 0) give_up("fork");
    if (program == 0) {
        fclose(log);
        if (ptrace(PTRACE_TRACEME, 0, 0, 0)) give_up("trace");
        raise(SIGSTOP);
        execv(words[3], words + 3);
        give_up(words[3]);
    }
    int status;
    if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) give_up("wait");
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, program, 0, options)) give_up("set options");
    if (ptrace(PTRACE_SYSCALL, program, 0, 0)) give_up("go on");
    /* The thread whose call was cancelled and has not returned. */
    pid_t cancelled = 0;
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == EINTR) continue;
        if (thread < 0) give_up("wait");
        if (!WIFSTOPPED(status)) {
            if (thread != program) continue;
            fclose(log);
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        int signal = WSTOPSIG(status);
        if (signal == (SIGTRAP | 0x80)) {
            struct ptrace_syscall_info info;
            memset(&info, 0, sizeof info);
            signal = 0;
            /* A thread that is killed at this moment has nothing to tell. */
            if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0) {
                char file[4096];
                const struct call *call;
                if (info.op == PTRACE_SYSCALL_INFO_EXIT && thread == cancelled) {
                    fail(thread, EIO);
                    cancelled = 0;
                } else if (info.op == PTRACE_SYSCALL_INFO_ENTRY && (call = fallible(thread, &info, file, sizeof file))) {
                    fprintf(log, "%ld %s %s\n", ++number, call->name, file);
                    if (number == wanted) {
                        cancel(thread);
                        cancelled = thread;
                    }
                }
            }
        } else if (status >> 16 || signal == SIGSTOP || signal == SIGTRAP) {
            /* A new thread or program, or the first stop of a new thread. */
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, thread, 0, signal);
    }
}
