/*
 * The least that a reader of every process can cost: each second it lists /proc, keeps a descriptor to every /proc/PID/stat,
 * and reads each of them once. It parses utime and stime and does nothing with them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MOST_PIDS 4194304

static int descriptors[MOST_PIDS]; /* 0: none; descriptor 0 is stdin */
static unsigned seen[MOST_PIDS];

static unsigned long long readOne(int pid) {
  char text[1024];
  ssize_t length;
  if (descriptors[pid] == 0) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    descriptors[pid] = descriptor;
  }
  length = pread(descriptors[pid], text, sizeof text - 1, 0);
  if (length <= 0) {
    close(descriptors[pid]);
    descriptors[pid] = 0;
    return 0;
  }
  text[length] = 0;
  char *at = strrchr(text, ')');
  if (at == NULL) return 0;
  for (int field = 2; field < 14 && at != NULL; field++) at = strchr(at + 1, ' ');
  if (at == NULL) return 0;
  unsigned long long user = strtoull(at, &at, 10);
  return user + strtoull(at, NULL, 10);
}

int main(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  volatile unsigned long long sum = 0;
  int most = 0; /* no need to look through all numbers that there could be */
  for (unsigned tick = 1;; tick++) {
    DIR *proc = opendir("/proc");
    if (proc == NULL) return 1;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
      int pid = atoi(entry->d_name);
      if (pid <= 0 || pid >= MOST_PIDS) continue;
      seen[pid] = tick;
      if (pid > most) most = pid;
      sum += readOne(pid);
    }
    closedir(proc);
    for (int pid = 1; tick % 60 == 0 && pid <= most; pid++) {
      if (descriptors[pid] == 0 || seen[pid] == tick) continue;
      close(descriptors[pid]);
      descriptors[pid] = 0;
    }
    next.tv_sec++;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
}
