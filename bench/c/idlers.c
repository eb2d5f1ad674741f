/*
 * idlers COUNT ACTIVE: so many processes that do nothing, of which ACTIVE use 2 ms of CPU a second.
 * Says "ready" when they are all there; they end when stdin does.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double cpuSeconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void work(int index) {
  struct timespec second = {1, 0}, offset = {0, (index % 100) * 10000000L};
  nanosleep(&offset, NULL);
  for (;;) {
    double end = cpuSeconds() + 0.002;
    while (cpuSeconds() < end) continue;
    nanosleep(&second, NULL);
  }
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 0, active = argc > 2 ? atoi(argv[2]) : 0;
  pid_t *pids = calloc(count + 1, sizeof *pids);
  for (int index = 0; index < count; index++) {
    pid_t pid = fork();
    if (pid < 0) {
      perror("fork");
      return 1;
    }
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (index < active) work(index);
      for (;;) pause();
    }
    pids[index] = pid;
  }
  puts("ready");
  fflush(stdout);
  while (getchar() != EOF) continue;
  /* not before all of them are gone: whoever comes next counts the processes */
  for (int index = 0; index < count; index++) kill(pids[index], SIGKILL);
  while (wait(NULL) > 0) continue;
  return 0;
}
