/* `newborns RATE LIFE`: so many new processes a second, each of which lives for so many milliseconds; says "ready" and ends with its input. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  long rate = argc > 1 ? atol(argv[1]) : 1000;
  long life_ms = argc > 2 ? atol(argv[2]) : 1000;
  struct timespec next, life = {life_ms / 1000, life_ms % 1000 * 1000000};
  signal(SIGCHLD, SIG_IGN);
  puts("ready");
  fflush(stdout);
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (;;) {
    struct pollfd input = {0, POLLIN, 0};
    if (poll(&input, 1, 0) != 0) break;
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      nanosleep(&life, NULL);
      _exit(0);
    }
    next.tv_nsec += 1000000000 / rate;
    if (next.tv_nsec >= 1000000000) next.tv_sec++, next.tv_nsec -= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  return 0;
}
