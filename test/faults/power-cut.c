// Cuts the power of one process: LD_PRELOADed, it follows every change to the files of one folder, keeps what is not
// synced yet in an undo log, and at the Nth change takes back or tears a seeded choice of it and ends the process.
//
//   POWER_CUT_DIR    the folder (real path)                POWER_CUT_AT     number of the change; 0 counts only
//   POWER_CUT_STASH  a folder on the same disk, outside    POWER_CUT_SEED   chooses what is lost
//   POWER_CUT_COUNT  file for the number of changes        POWER_CUT_MODEL  `strict`: only a sync of its folder keeps a
//                                                          name; `journal`: any later sync does, as on ext4
//
// A file's bytes and size are safe once fsync or fdatasync of it returned. What is not may come to the disk whole, in
// part (the front half, or 512-byte sectors at random), or not at all, in any order. The log is told on standard error.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 65536
#define SECTOR 512

typedef struct { dev_t dev; ino_t ino; int fd; } Inode;
typedef struct { int inode; int truncate; off_t at; size_t length; off_t old_size; size_t old_length; char *old; char *now; } Change;
typedef struct { char what; char *path; char *from; char *stash; } Name; // what: c created, m folder made, u removed, r renamed, d folder removed

static char root[PATH_MAX], stash[PATH_MAX];
static size_t root_length;
static long cut_at, changes;
static int strict_names, stashed, ready;
static uint64_t state;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char followed[FDS];
static Inode *inodes; static int n_inodes;
static Change *pending; static int n_pending, room_pending;
static Name *names; static int n_names, room_names;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) { fprintf(stderr, "power-cut: no %s\n", name); _exit(99); }
  return found;
}

static uint32_t dice(uint32_t sides) {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return (uint32_t)((state >> 16) % sides);
}

__attribute__((constructor)) static void begin(void) {
  const char *dir = getenv("POWER_CUT_DIR"), *put = getenv("POWER_CUT_STASH");
  if (!dir || !put) return;
  snprintf(root, sizeof root, "%s", dir);
  snprintf(stash, sizeof stash, "%s", put);
  root_length = strlen(root);
  cut_at = atol(getenv("POWER_CUT_AT") ?: "0");
  state = strtoull(getenv("POWER_CUT_SEED") ?: "1", NULL, 10) * 0x9e3779b97f4a7c15ull | 1;
  for (int i = 0; i < 8; i++) dice(2);
  strict_names = strcmp(getenv("POWER_CUT_MODEL") ?: "strict", "strict") == 0;
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) { files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files); }
  ready = 1;
}

__attribute__((destructor)) static void end(void) {
  const char *file = getenv("POWER_CUT_COUNT");
  if (!ready || !file) return;
  FILE *out = fopen(file, "w");
  if (out) { fprintf(out, "%ld\n", changes); fclose(out); }
}

static int within(const char *path) {
  return ready && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

// The path of a name to be changed: its folder as the system sees it, and the last part as given.
static int place(int dirfd, const char *path, char *out) {
  if (!ready || !path) return 0;
  char folder[PATH_MAX * 2 + 2], whole[PATH_MAX * 2 + 2], real_folder[PATH_MAX];
  if (path[0] != '/' && dirfd != AT_FDCWD) {
    char link[64]; snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
    ssize_t n = readlink(link, folder, PATH_MAX - 1);
    if (n < 0) return 0;
    folder[n] = 0;
    snprintf(whole, sizeof whole, "%s/%s", folder, path);
  } else snprintf(whole, sizeof whole, "%s", path);
  size_t length = strlen(whole);
  while (length > 1 && whole[length - 1] == '/') whole[--length] = 0;
  char *slash = strrchr(whole, '/');
  const char *last = slash ? slash + 1 : whole;
  if (slash == whole) strcpy(folder, "/");
  else if (slash) { *slash = 0; snprintf(folder, sizeof folder, "%s", whole); }
  else strcpy(folder, ".");
  if (!realpath(folder, real_folder)) return 0;
  int n = snprintf(out, PATH_MAX, "%s/%s", strcmp(real_folder, "/") == 0 ? "" : real_folder, last);
  return n < PATH_MAX && within(out);
}

static int inode_of(int fd) {
  struct stat s;
  if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return -1;
  for (int i = n_inodes - 1; i >= 0; i--) if (inodes[i].ino == s.st_ino && inodes[i].dev == s.st_dev) return i;
  char link[64]; snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int mine = REAL(open)(link, O_RDWR | O_CLOEXEC); // never closed: closing would drop the process's locks on the file
  if (mine < 0) return -1;
  inodes = realloc(inodes, sizeof(Inode) * (n_inodes + 1));
  inodes[n_inodes] = (Inode){ s.st_dev, s.st_ino, mine };
  return n_inodes++;
}

static void put_all(int fd, const char *bytes, size_t length, off_t at) {
  while (length > 0) {
    ssize_t n = REAL(pwrite)(fd, bytes, length, at);
    if (n <= 0) { fprintf(stderr, "power-cut: can't write back: %s\n", strerror(errno)); _exit(99); }
    bytes += n; length -= n; at += n;
  }
}

// Remembers what a change is about to overwrite. `now` NULL: size becomes `at`.
static int remember(int fd, const char *now, size_t length, off_t at) {
  int inode = inode_of(fd);
  if (inode < 0) return 0;
  struct stat s; fstat(inodes[inode].fd, &s);
  Change c = { .inode = inode, .truncate = now == NULL, .at = at, .length = length, .old_size = s.st_size };
  size_t from = at, to = now ? at + length : (size_t)s.st_size;
  if (to > (size_t)s.st_size) to = s.st_size;
  if (to > from) {
    c.old = malloc(to - from); c.old_length = to - from;
    for (size_t got = 0; got < c.old_length; ) {
      ssize_t n = pread(inodes[inode].fd, c.old + got, c.old_length - got, from + got);
      if (n <= 0) break;
      got += n;
    }
  }
  if (now) { c.now = malloc(length ? length : 1); memcpy(c.now, now, length); }
  if (n_pending == room_pending) pending = realloc(pending, sizeof(Change) * (room_pending = room_pending * 2 + 64));
  pending[n_pending++] = c;
  return 1;
}

static void remember_name(char what, const char *path, const char *from, const char *kept) {
  if (n_names == room_names) names = realloc(names, sizeof(Name) * (room_names = room_names * 2 + 64));
  names[n_names++] = (Name){ what, strdup(path), from ? strdup(from) : NULL, kept ? strdup(kept) : NULL };
}

// A second name for a file that is about to lose one, so that it can come back.
static char *keep(const char *path) {
  static char name[PATH_MAX + 32];
  snprintf(name, sizeof name, "%s/%d-%d", stash, getpid(), stashed++);
  return link(path, name) == 0 ? name : NULL;
}

static void forget_changes(int inode) {
  int left = 0;
  for (int i = 0; i < n_pending; i++) {
    if (pending[i].inode == inode) { free(pending[i].old); free(pending[i].now); }
    else pending[left++] = pending[i];
  }
  n_pending = left;
}

static void forget_names(const char *folder) {
  size_t length = folder ? strlen(folder) : 0;
  int left = 0;
  for (int i = 0; i < n_names; i++) {
    int here = !folder || (strncmp(names[i].path, folder, length) == 0 && names[i].path[length] == '/' && !strchr(names[i].path + length + 1, '/'));
    if (!here) { names[left++] = names[i]; continue; }
    if (names[i].stash) REAL(unlink)(names[i].stash);
    free(names[i].path); free(names[i].from); free(names[i].stash);
  }
  n_names = left;
}

static void take_back_names(void) {
  int keep_first = n_names == 0 || dice(2) ? n_names : (int)dice(n_names + 1);
  for (int i = n_names - 1; i >= keep_first; i--) {
    Name *n = &names[i];
    int ok = 1;
    if (n->what == 'c') ok = REAL(unlink)(n->path) == 0;
    else if (n->what == 'm') ok = REAL(rmdir)(n->path) == 0;
    else if (n->what == 'd') ok = REAL(mkdir)(n->path, 0700) == 0;
    else if (n->what == 'u') ok = n->stash && link(n->stash, n->path) == 0;
    else {
      ok = REAL(rename)(n->path, n->from) == 0;
      if (n->stash) ok = link(n->stash, n->path) == 0 && ok;
    }
    fprintf(stderr, "power-cut: name %c %s %s\n", n->what, n->path, ok ? "taken back" : "stays");
  }
}

static void apply(Change *c, int how) {
  int fd = inodes[c->inode].fd;
  if (how == 0) return;
  if (c->truncate) { if (REAL(ftruncate)(fd, c->at)) {} return; }
  if (how == 1) put_all(fd, c->now, c->length, c->at);
  else if (how == 2) put_all(fd, c->now, c->length / 2, c->at);
  else {
    struct stat s;
    // the size may have come to the disk before the bytes did
    if (fstat(fd, &s) == 0 && s.st_size < c->at + (off_t)c->length && REAL(ftruncate)(fd, c->at + c->length)) {}
    for (size_t at = 0; at < c->length; ) {
      size_t step = SECTOR - (c->at + at) % SECTOR;
      if (step > c->length - at) step = c->length - at;
      if (dice(2)) put_all(fd, c->now + at, step, c->at + at);
      at += step;
    }
  }
}

static void tear(int inode) {
  int fd = inodes[inode].fd, count = 0;
  for (int i = n_pending - 1; i >= 0; i--) {
    Change *c = &pending[i];
    if (c->inode != inode) continue;
    count++;
    if (c->truncate && REAL(ftruncate)(fd, c->old_size)) {}
    if (c->old_length) put_all(fd, c->old, c->old_length, c->at);
    if (!c->truncate && REAL(ftruncate)(fd, c->old_size)) {}
  }
  int kind = dice(4); // all lost, all kept, kept up to one that is torn, each by itself
  int first_lost = count ? (int)dice(count) : 0, seen = 0;
  for (int i = 0; i < n_pending; i++) {
    if (pending[i].inode != inode) continue;
    int how = kind == 0 ? 0 : kind == 1 ? 1 : kind == 2 ? (seen < first_lost ? 1 : seen == first_lost ? 2 + (int)dice(2) : 0) : (int)dice(4);
    apply(&pending[i], how);
    seen++;
  }
  char link[64], path[PATH_MAX] = "?"; snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1); if (n > 0) path[n] = 0;
  static const char *words[] = { "lost", "kept", "torn at the end", "torn anywhere" };
  fprintf(stderr, "power-cut: %s: %d changes %s\n", path, count, words[kind]);
}

static void cut(void) {
  fprintf(stderr, "power-cut: the power is cut at change %ld, %d changes and %d names not synced\n", changes, n_pending, n_names);
  for (int i = 0; i < n_inodes; i++) {
    int some = 0;
    for (int j = 0; j < n_pending && !some; j++) some = pending[j].inode == i;
    if (some) tear(i);
  }
  take_back_names();
  syscall(SYS_exit_group, 86);
}

static void changed(void) { if (++changes == cut_at) cut(); }

static int is_followed(int fd) { return ready && fd >= 0 && fd < FDS && followed[fd]; }

static int opened(int dirfd, const char *path, int flags, mode_t mode, const char *by) {
  char at[PATH_MAX];
  int (*open_at)(int, const char *, int, ...) = real(by);
  if (!(flags & (O_WRONLY | O_RDWR | O_CREAT))) {
    int fd = open_at(dirfd, path, flags, mode);
    if (ready && fd >= 0 && fd < FDS) {
      char link[64]; snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t n = readlink(link, at, sizeof at - 1);
      at[n > 0 ? n : 0] = 0;
      followed[fd] = within(at);
    }
    return fd;
  }
  if (!place(dirfd, path, at)) {
    int fd = open_at(dirfd, path, flags, mode);
    if (fd >= 0 && fd < FDS) followed[fd] = 0;
    return fd;
  }
  pthread_mutex_lock(&lock);
  struct stat s;
  int was = lstat(at, &s) == 0, emptied = was && (flags & O_TRUNC) && S_ISREG(s.st_mode) && s.st_size > 0;
  int fd = open_at(dirfd, path, emptied ? flags & ~O_TRUNC : flags, mode);
  if (fd >= 0 && fd < FDS) {
    followed[fd] = 1;
    if (!was && (flags & O_CREAT)) { remember_name('c', at, NULL, NULL); changed(); }
    if (emptied) { remember(fd, NULL, 0, 0); if (REAL(ftruncate)(fd, 0)) {} changed(); }
  }
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags, mode, "openat"); }
int open64(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode, "openat64"); }
int openat(int dirfd, const char *path, int flags, ...) { MODE return opened(dirfd, path, flags, mode, "openat"); }
int openat64(int dirfd, const char *path, int flags, ...) { MODE return opened(dirfd, path, flags | O_LARGEFILE, mode, "openat64"); }
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode, "openat"); }

int close(int fd) { if (fd >= 0 && fd < FDS) followed[fd] = 0; return REAL(close)(fd); }
int dup(int fd) { int made = REAL(dup)(fd); if (made >= 0 && made < FDS) followed[made] = is_followed(fd); return made; }

// One change of bytes at `at`, or where the descriptor stands when `at` is -1.
static ssize_t put(int fd, const struct iovec *parts, int count, off_t at) {
  pthread_mutex_lock(&lock);
  size_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  char *bytes = malloc(length ? length : 1), *to = bytes;
  for (int i = 0; i < count; i++) { memcpy(to, parts[i].iov_base, parts[i].iov_len); to += parts[i].iov_len; }
  off_t where = at;
  struct stat s;
  if (at < 0) where = (fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &s) == 0 ? s.st_size : lseek(fd, 0, SEEK_CUR);
  int known = remember(fd, bytes, length, where);
  ssize_t n = at < 0 ? REAL(write)(fd, bytes, length) : REAL(pwrite)(fd, bytes, length, at);
  int error = errno;
  if (!known) {}
  else if (n < 0) { free(pending[n_pending - 1].old); free(pending[n_pending - 1].now); n_pending--; }
  else if ((size_t)n < length) pending[n_pending - 1].length = n;
  free(bytes);
  changed();
  pthread_mutex_unlock(&lock);
  errno = error;
  return n;
}
#define ONE struct iovec one = { (void *)bytes, length }
ssize_t write(int fd, const void *bytes, size_t length) { ONE; return is_followed(fd) ? put(fd, &one, 1, -1) : REAL(write)(fd, bytes, length); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { ONE; return is_followed(fd) ? put(fd, &one, 1, at) : REAL(pwrite)(fd, bytes, length, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { ONE; return is_followed(fd) ? put(fd, &one, 1, at) : REAL(pwrite64)(fd, bytes, length, at); }
ssize_t writev(int fd, const struct iovec *v, int n) { return is_followed(fd) ? put(fd, v, n, -1) : REAL(writev)(fd, v, n); }
ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at) { return is_followed(fd) ? put(fd, v, n, at) : REAL(pwritev)(fd, v, n, at); }
ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t at) { return is_followed(fd) ? put(fd, v, n, at) : REAL(pwritev64)(fd, v, n, at); }
ssize_t pwritev2(int fd, const struct iovec *v, int n, off_t at, int flags) { return is_followed(fd) ? put(fd, v, n, at) : REAL(pwritev2)(fd, v, n, at, flags); }
ssize_t pwritev64v2(int fd, const struct iovec *v, int n, off64_t at, int flags) { return is_followed(fd) ? put(fd, v, n, at) : REAL(pwritev64v2)(fd, v, n, at, flags); }

static int resized(int fd, off_t size) {
  pthread_mutex_lock(&lock);
  remember(fd, NULL, 0, size);
  int answer = REAL(ftruncate)(fd, size), error = errno;
  changed();
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}
int ftruncate(int fd, off_t size) { return is_followed(fd) ? resized(fd, size) : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return is_followed(fd) ? resized(fd, size) : REAL(ftruncate64)(fd, size); }
// Copies inside the kernel and holes would pass unseen: their callers take the plain way instead.
int fallocate(int fd, int mode, off_t at, off_t length) { if (is_followed(fd)) { errno = EOPNOTSUPP; return -1; } return REAL(fallocate)(fd, mode, at, length); }
int fallocate64(int fd, int mode, off64_t at, off64_t length) { if (is_followed(fd)) { errno = EOPNOTSUPP; return -1; } return REAL(fallocate64)(fd, mode, at, length); }
int posix_fallocate(int fd, off_t at, off_t length) { return is_followed(fd) ? EOPNOTSUPP : REAL(posix_fallocate)(fd, at, length); }
int posix_fallocate64(int fd, off64_t at, off64_t length) { return is_followed(fd) ? EOPNOTSUPP : REAL(posix_fallocate64)(fd, at, length); }
ssize_t copy_file_range(int in, off64_t *at, int out, off64_t *to, size_t length, unsigned flags) {
  if (is_followed(out)) { errno = EXDEV; return -1; }
  return REAL(copy_file_range)(in, at, out, to, length, flags);
}

static int synced(int fd, int answer) {
  pthread_mutex_lock(&lock);
  int error = errno;
  struct stat s;
  changed();
  if (answer == 0 && fstat(fd, &s) == 0) {
    if (S_ISDIR(s.st_mode)) {
      char link[64], path[PATH_MAX]; snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t n = readlink(link, path, sizeof path - 1);
      if (n > 0) { path[n] = 0; forget_names(strict_names ? path : NULL); }
    } else {
      int inode = inode_of(fd);
      if (inode >= 0) forget_changes(inode);
      if (!strict_names) forget_names(NULL);
    }
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}
// What is synced is safe as far as this test goes; the disk of the machine needs no sync.
int fsync(int fd) { return is_followed(fd) ? synced(fd, 0) : REAL(fsync)(fd); }
int fdatasync(int fd) { return is_followed(fd) ? synced(fd, 0) : REAL(fdatasync)(fd); }

static int renamed(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  char a[PATH_MAX], b[PATH_MAX];
  int follow = place(from_dir, from, a) & place(to_dir, to, b);
  if (!follow) return flags ? REAL(renameat2)(from_dir, from, to_dir, to, flags) : REAL(renameat)(from_dir, from, to_dir, to);
  pthread_mutex_lock(&lock);
  char *kept = keep(b);
  char *mine = kept ? strdup(kept) : NULL;
  int answer = REAL(renameat)(from_dir, from, to_dir, to), error = errno;
  if (answer == 0) remember_name('r', b, a, mine);
  free(mine);
  changed();
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}
int rename(const char *from, const char *to) { return renamed(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int a, const char *from, int b, const char *to) { return renamed(a, from, b, to, 0); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { return renamed(a, from, b, to, flags); }

static int removed(int dirfd, const char *path, int flags) {
  char at[PATH_MAX];
  if (!place(dirfd, path, at)) return REAL(unlinkat)(dirfd, path, flags);
  pthread_mutex_lock(&lock);
  char *kept = flags & AT_REMOVEDIR ? NULL : keep(at);
  char *mine = kept ? strdup(kept) : NULL;
  int answer = REAL(unlinkat)(dirfd, path, flags), error = errno;
  if (answer == 0) remember_name(flags & AT_REMOVEDIR ? 'd' : 'u', at, NULL, mine);
  if (answer == 0) changed();
  free(mine);
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int dirfd, const char *path, int flags) { return removed(dirfd, path, flags); }
int remove(const char *path) { struct stat s; return removed(AT_FDCWD, path, lstat(path, &s) == 0 && S_ISDIR(s.st_mode) ? AT_REMOVEDIR : 0); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, AT_REMOVEDIR); }

static int made(int dirfd, const char *path, mode_t mode) {
  char at[PATH_MAX];
  if (!place(dirfd, path, at)) return REAL(mkdirat)(dirfd, path, mode);
  pthread_mutex_lock(&lock);
  int answer = REAL(mkdirat)(dirfd, path, mode), error = errno;
  if (answer == 0) { remember_name('m', at, NULL, NULL); changed(); }
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}
int mkdir(const char *path, mode_t mode) { return made(AT_FDCWD, path, mode); }
int mkdirat(int dirfd, const char *path, mode_t mode) { return made(dirfd, path, mode); }
