/** Programs that start another one, as data: where the command that follows begins. */

/** One or several of them. Lists are written as words with spaces between them. */
export interface Launcher {
  readonly names: string;
  /** Counts only behind one of these sub-commands, parted by `|`: `exec`, `compose exec`. */
  readonly sub?: string;
  /** Flags that take the next word. */
  readonly takes?: string;
  /** How many words stand in front of the command: the seconds of `timeout`, the host of `ssh`. */
  readonly skips?: number;
  /** Flags whose next word is a command line: `-c`. */
  readonly scripts?: string;
  /** Flags behind which the command begins at once: `-exec`. */
  readonly starts?: string;
  /** The word in front of the command is an image, named after the program that it runs unless another is given. */
  readonly image?: boolean;
}

/** Their entries. */
export const launchers: readonly Launcher[] = [
  { names: "sudo doas pkexec", takes: "-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir" },
  { names: "env", takes: "-u -C --unset --chdir", scripts: "-S --split-string" },
  { names: "nice", takes: "-n --adjustment" },
  { names: "ionice", takes: "-c -n --class --classdata" },
  { names: "chrt", takes: "-T -P -D", skips: 1 },
  { names: "taskset", skips: 1 },
  { names: "numactl", takes: "-N -m -C -i -p" },
  { names: "timeout", takes: "-k -s --kill-after --signal", skips: 1 },
  {
    names:
      "nohup setsid time exec command builtin eval chronic unbuffer catchsegv dumb-init tini catatonit torsocks tsocks proxychains proxychains4 rlwrap nocache eatmydata fakeroot cgexec firejail then do else if while until ! and not",
    takes: "-g",
  },
  { names: "stdbuf", takes: "-i -o -e" },
  { names: "strace ltrace", takes: "-e -o -s -a -O -S -u -E -P -I -b -X" },
  { names: "perf", sub: "stat|record|trace", takes: "-e -o -F -p -t -C -g --call-graph" },
  { names: "valgrind heaptrack rr uftrace" },
  { names: "gdb lldb", starts: "--args --" },
  { names: "watch", takes: "-n --interval" },
  { names: "xargs", takes: "-n -I -P -L -d -a -s -E --max-args --max-procs --arg-file --delimiter" },
  { names: "parallel", takes: "-j -a -N -I -S --jobs --arg-file --colsep" },
  { names: "find fd", starts: "-exec -execdir -ok -okdir -x -X" },
  { names: "flock", takes: "-w -E -o", skips: 1, scripts: "-c" },
  { names: "chroot", skips: 1 },
  { names: "nsenter unshare setpriv", takes: "-t -S -G --target --reuid --regid --groups --securebits" },
  { names: "runuser su", takes: "-g -G -s -w -u --user --group --shell", scripts: "-c --command", starts: "--" },
  { names: "gosu su-exec setuidgid chpst s6-setuidgid", takes: "-u -U", skips: 1 },
  {
    names: "systemd-run",
    takes:
      "-p -u -H -M -E -t --unit --property --setenv --slice --description --uid --gid --nice --working-directory --on-calendar --on-active",
  },
  { names: "systemd-inhibit dbus-run-session xvfb-run", takes: "-s -n -e -f -w --what --who --why --mode --server-args" },
  { names: "start-stop-daemon", starts: "--exec -x --startas -a" },
  { names: "faketime", takes: "-f", skips: 1 },
  { names: "screen", takes: "-S -c -h -L -Logfile -p -T -s -t -dmS -DmS -dmLS -X" },
  { names: "tmux", sub: "new-session|new|new-window|neww|split-window|splitw|respawn-pane", takes: "-s -n -t -c -F -e -x -y -L -S -f" },
  { names: "script", takes: "-O -I -B -T -E -o", scripts: "-c --command" },
  { names: "ssh autossh mosh dbclient", takes: "-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -M", skips: 1 },
  { names: "sshpass", takes: "-p -f -d -P" },
  {
    names: "docker podman nerdctl docker-compose",
    sub: "exec|container exec|compose exec|compose run",
    takes: "-e -u -w -f -p --env --user --workdir --env-file --detach-keys --index --project-name --file --entrypoint --name -v",
    skips: 1,
  },
  {
    names: "docker podman nerdctl",
    sub: "run|create|container run|container create",
    takes:
      "-e -p -v -u -w -h -l -m -c -a --env --publish --volume --user --workdir --name --network --net --entrypoint --hostname --restart --mount --memory --cpus --cpuset-cpus --label --env-file --log-driver --log-opt --add-host --dns --device --cap-add --cap-drop --security-opt --ulimit --pid --ipc --tmpfs --shm-size --platform --gpus --health-cmd --link --expose --ip --pull --userns --secret --sysctl --stop-signal --volumes-from --runtime --cgroupns --pod",
    image: true,
  },
  {
    names: "kubectl oc microk8s.kubectl k3s",
    sub: "exec|kubectl exec|rsh",
    takes: "-n -c -f --namespace --container --context --kubeconfig --cluster --pod-running-timeout",
    skips: 1,
    starts: "--",
  },
  { names: "kubectl oc", sub: "run|debug", takes: "-n -f --image --env --labels --restart --context", starts: "--" },
  { names: "lxc incus lxc-attach", sub: "exec", takes: "--env --cwd --user", skips: 1, starts: "--" },
  { names: "lxc-attach", takes: "-n", starts: "--" },
  { names: "machinectl", sub: "shell", skips: 1 },
  {
    names: "bash sh zsh dash ash ksh fish busybox rbash mksh",
    takes: "-o -O --rcfile --init-file",
    scripts: "-c -lc -ic -ec -xc -exc -euc -lic -euxc",
  },
  { names: "python* pypy*", takes: "-W -X -Q", starts: "-m" },
  {
    names: "perl ruby node nodejs php php* lua* tclsh wish deno bun java",
    takes: "-I -M -r -e -E -d -c -cp -classpath -n --require --loader --import",
    starts: "-jar",
  },
  {
    names: "bundle poetry uv pdm pipenv conda npm pnpm yarn dotenv direnv op doppler infisical chamber",
    sub: "exec|run",
    takes: "-n -e --env --name --env-file",
  },
  { names: "npx pnpx uvx pipx coverage", takes: "-p --package" },
  { names: "expect", scripts: "-c" },
  { names: "crontab at batch anacron run-parts" },
];
