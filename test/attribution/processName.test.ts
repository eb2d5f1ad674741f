import assert from "node:assert/strict";
import { processName } from "../../src/attribution/processName.ts";
import { carefulRedactor } from "../../src/redact/redactor.ts";

type Row = readonly [comm: string, argv: string | readonly string[], name: string];

/** Spaces part the arguments, as they do in most lines of life. */
function nameOf(comm: string, argv: string | readonly string[]): string {
  const args = typeof argv === "string" ? argv.split(" ") : argv;
  return processName({ comm, kernelThread: false, identity: carefulRedactor.argumentList(args) });
}

function table(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [comm, argv, name] of rows) {
      const shown = typeof argv === "string" ? argv : JSON.stringify(argv);
      it(`is ${name} for (${comm}) ${shown.slice(0, 100)}`, () => assert.equal(nameOf(comm, argv), name));
    }
  });
}

table("the name of a Python process", [
  ["python3", "python3 backup.py", "python3 backup.py"],
  ["python3", "/usr/bin/python3 -u -W ignore -X dev /opt/shop/jobs/backup.py --password hunter2", "python3 backup.py"],
  ["backup.py", "/usr/bin/python3 /usr/local/bin/backup.py", "python3 backup.py"],
  ["python3", "python3 -m http.server 8000", "python3 -m http.server"],
  ["python3", "python3 -Bum gunicorn app:app", "python3 -m gunicorn"],
  ["python3", "python3 -mvenv /tmp/x", "python3 -m venv"],
  ["python3", ["python3", "-c", "import os; print(os.environ)"], "python3"],
  ["python3", ["python3", "-Ic", "import os"], "python3"],
  ["python3", "python3 - secret", "python3"],
  ["python3", "python3", "python3"],
  ["python3.11", "/srv/venv/bin/python3.11 manage.py runserver", "python3.11 manage.py"],
  ["python3", "python3 /opt/tool/", "python3 tool"],
  ["python3", "python3 .", "python3"],
  [
    "unattended-upgr",
    "/usr/bin/python3 /usr/share/unattended-upgrades/unattended-upgrade-shutdown --wait",
    "python3 unattended-upgrade-shutdown",
  ],
  ["uwsgi-worker", "python3 app.py", "uwsgi-worker"],
  ["my-worker-12", "python3 app.py", "my-worker"],
  ["pypy3", "pypy3 solve.py", "pypy3 solve.py"],
  ["python3", "/usr/bin/python3 /root/.ansible/tmp/ansible-tmp-1689243-12-99/AnsiballZ_setup.py", "python3 AnsiballZ_setup.py"],
]);

table("the name of a Java process", [
  ["java", "java -Xmx1G -XX:+UseG1GC -cp /opt/kafka/libs/a.jar:/opt/b.jar -Dx=y kafka.Kafka /etc/server.properties", "java kafka.Kafka"],
  ["java", "/usr/bin/java -Xms64m -jar /opt/kafka.jar --token abc", "java kafka.jar"],
  [
    "java",
    "java --add-opens java.base/java.lang=ALL-UNNAMED --add-modules ALL-SYSTEM -p mods -m app/com.example.Main",
    "java -m app/com.example.Main",
  ],
  ["java", "java --add-opens=java.base/java.util=ALL-UNNAMED -jar app-1.2.3.jar", "java app-1.2.3.jar"],
  ["java", "java @/etc/app.args org.example.Main$Server", "java org.example.Main$Server"],
  ["java", "java -jar /tmp/surefire/surefirebooter1234567890123.jar", "java surefirebooter*.jar"],
  ["java", ["java", "-cp", `${"/opt/libs/some-library.jar:".repeat(800)}x.jar`, "kafka.Kafka"], "java kafka.Kafka"],
  ["java", "java -version", "java"],
]);

table("the name of a node process", [
  ["node", "node server.js", "node server.js"],
  ["node", "node --max-old-space-size=4096 --require ./tracing.js --import tsx/esm server.js --port 1", "node server.js"],
  ["MainThread", "node server.js", "node server.js"],
  ["node", ["node", "-e", "setInterval(() => {}, 1)"], "node"],
  ["node", ["node", "--input-type=module", "-pe", "1"], "node"],
  ["node", "node --test", "node --test"],
  ["node", "node --run build", "node --run build"],
  ["node", "node inspect server.js", "node server.js"],
  ["node", "node /usr/bin/npm run build:prod -- --token hunter2", "npm run build:prod"],
  ["npm run build:p", "npm run build:prod --token hunter2", "npm run build:prod"],
  ["npm exec mocha ", "npm exec mocha --reporter dot", "npm exec mocha"],
  ["npm install", "npm install", "npm install"],
  ["node", "node /usr/lib/node_modules/npm/bin/npx-cli.js -y cowsay@1.5.0 hello", "npx cowsay"],
  ["node", "node /x/node_modules/.bin/tsx watch.ts", "tsx watch.ts"],
  ["node", "node /usr/bin/yarn", "yarn"],
  ["node", "node /usr/bin/npm --otp 1f4h99 publish", "npm"],
  ["npm exec --unkno", "npm exec --unknown hunter2", "npm exec"],
  ["next-server (v1", "next-server (v14.2.3)", "next-server"],
  ["PM2 v5.3.0: God", "PM2 v5.3.0: God Daemon (/root/.pm2)", "PM2"],
  ["bun", "bun run dev", "bun run dev"],
  ["bun", "bun --watch server.ts", "bun server.ts"],
  ["deno", "deno run --allow-net -c deno.json https://example.org/serve.ts?token=hunter2", "deno run serve.ts"],
  ["deno", ["deno", "eval", "Deno.exit()"], "deno eval"],
]);

table("the name of a shell", [
  ["bash", "bash nightly.sh", "bash nightly.sh"],
  ["nightly.sh", "/bin/bash ./nightly.sh --password x", "bash nightly.sh"],
  ["sh", ["sh", "-c", "curl -u bob:hunter2 http://h/; true"], "sh"],
  ["bash", ["bash", "-lc", "make all", "argument"], "bash"],
  ["bash", ["bash", "-x", "-c", "make all"], "bash"],
  ["bash", "bash -euo pipefail -O extglob +x /opt/deploy.sh", "bash deploy.sh"],
  ["bash", "bash --rcfile /root/.rc -i", "bash"],
  ["bash", "bash -s hunter2", "bash"],
  ["bash", "bash /dev/fd/63 hunter2", "bash"],
  ["bash", "-bash", "bash"],
  ["bash", "-su", "bash"],
  ["sh", "/bin/sh -- /etc/cron.daily/logrotate", "sh logrotate"],
  ["busybox", "busybox sh /etc/init.sh", "sh init.sh"],
  ["sh", "/bin/sh /home/runner/work/_temp/1b4e28ba-2fa1-11d2-883f-0016d3cca427.sh", "sh *.sh"],
  ["bash", "/bin/bash /tmp/jenkins8419220031.sh", "bash jenkins*.sh"],
  ["fish", "fish -C init backup.fish", "fish backup.fish"],
  ["zsh", "zsh -o extendedglob job.zsh", "zsh job.zsh"],
]);

table("the name of what other interpreters run", [
  ["perl", "/usr/bin/perl -T -w /usr/sbin/spamd --create-prefs", "perl spamd"],
  ["perl", ["perl", "-lane", "print $F[0]"], "perl"],
  ["perl", "perl -I /opt/lib -MStrict=x report.pl", "perl report.pl"],
  ["spamd child", "spamd child", "spamd"],
  ["ruby", "ruby -rjson -I lib script.rb", "ruby script.rb"],
  ["ruby", "ruby /usr/bin/bundle exec sidekiq -c 5", "bundle exec sidekiq"],
  ["ruby", ["puma 5.6.4 (tcp://0.0.0.0:3000) [shop]"], "puma"],
  ["bundle", ["sidekiq 6.5.1 shop [3 of 10 busy]"], "sidekiq"],
  ["php", "php -d memory_limit=1G artisan queue:work", "php artisan"],
  ["php8.2", ["php8.2", "-r", "echo 1;"], "php8.2"],
  ["php", "php -S 0.0.0.0:8000 -t public router.php", "php router.php"],
  ["php", "php -- hunter2", "php"],
  ["Rscript", "Rscript --vanilla model.R", "Rscript model.R"],
  ["R", "/usr/lib/R/bin/exec/R --no-echo --no-restore --file=model.R --args 3", "R model.R"],
  ["lua5.4", "lua5.4 -l socket game.lua", "lua5.4 game.lua"],
  ["dotnet", "dotnet exec --depsfile x.json /srv/app.dll", "dotnet app.dll"],
  ["dotnet", "dotnet run --project api", "dotnet run"],
  ["mono", "mono --debug server.exe", "mono server.exe"],
  ["julia", "julia --project=. -t 4 fit.jl", "julia fit.jl"],
  ["pwsh", "pwsh -NoProfile -File report.ps1", "pwsh report.ps1"],
  ["uv", "uv run -m pytest", "uv run pytest"],
  ["uv", "uv sync", "uv sync"],
  ["uv", "uv run --with rich --python 3.12 backup.py", "uv run backup.py"],
  ["python3", "/usr/bin/python3 /usr/bin/poetry run gunicorn", "poetry run gunicorn"],
]);

table("the name of a process that renamed itself", [
  ["postgres", ["postgres: alice db1 [local] idle"], "postgres"],
  ["postgres", ["postgres: 15/main: bob shop 10.0.0.7(51234) SELECT"], "postgres"],
  ["nginx", ["nginx: worker process"], "nginx"],
  ["php-fpm8.2", ["php-fpm: pool www"], "php-fpm"],
  ["php-fpm8.2", ["php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)"], "php-fpm"],
  ["sshd", ["sshd: alice [priv]"], "sshd"],
  ["sshd", ["sshd: root@pts/0"], "sshd"],
  ["sshd-session", ["sshd-session: root@pts/12"], "sshd-session"],
  ["gunicorn: maste", ["gunicorn: master [shop.wsgi:application]"], "gunicorn"],
  ["gunicorn", ["gunicorn: worker [shop.wsgi:application]"], "gunicorn"],
  ["[celeryd: celer", ["[celeryd: celery@web1:ForkPoolWorker-12] -active- (-A /srv/app)"], "celeryd"],
  ["celery", ["[celeryd: celery@web1:MainProcess]"], "celeryd"],
  ["redis-server", ["redis-server *:6379"], "redis-server"],
  ["oracle_4711_orc", "oracleORCL (LOCAL=NO)", "oracle_*_orc"],
  ["worker-12", "worker-12", "worker"],
  ["job: 8127 of 90", ["job: 8127 of 9000"], "job"],
  ["chrome", ["/opt/google/chrome/chrome --type=renderer --path=/bin/sh"], "chrome"],
  ["Isolated Web Co", "/usr/lib/firefox/firefox -contentproc -childID 7", "firefox"],
  ["WebExtensions", "/usr/lib/firefox/firefox -contentproc -childID 2", "firefox"],
  ["xmrig", ["[kworker/0:1]"], "xmrig"],
  ["(sd-pam)", "(sd-pam)", "(sd-pam)"],
  ["(ostgres)", "/sbin/init", "(ostgres)"],
  ["daemon", [":1 alice"], "daemon"],
  ["runc:[2:INIT]", "runc init", "runc"],
]);

table("the name of any other program", [
  ["systemd-resolve", "/lib/systemd/systemd-resolved", "systemd-resolved"],
  ["systemd", "/sbin/init splash", "systemd"],
  ["dbus-daemon", "@dbus-daemon --system --nofork", "dbus-daemon"],
  ["memfd:sealed-91", "tools/backend --uid 0", "backend"],
  ["3", "/usr/bin/prober", "prober"],
  [".firefox-wrappe", "/nix/store/abc-firefox/bin/firefox", "firefox"],
  ["ld-linux-x86-64", "/lib64/ld-linux-x86-64.so.2 /opt/bin/solver -x", "solver"],
  ["qemu-img", "qemu-img convert a b", "qemu-img"],
  ["qemu-system-x86", "/usr/bin/qemu-system-x86_64 -name guest=web", "qemu-system-x86_64"],
  ["mycrate-1a2b3c4", "target/debug/deps/mycrate-1a2b3c4d5e6f7a8b", "mycrate-*"],
  ["clang-15", "/usr/bin/clang-15 -c x.c", "clang-15"],
  ["java8", "/opt/java8", "java8"],
  ["My App", ["/opt/My App/My App"], "My App"],
  ["notepad.exe", ["C:\\windows\\notepad.exe"], "notepad.exe"],
  ["ps", [], "ps"],
  ["mysqld", "/usr/sbin/mysqld --password=hunter2", "mysqld"],
]);

table("the name of a hostile process", [
  ["python3", ["python3", "a.py\nmalicious_metric 1"], "python3"],
  ["bash", ["bash", "x.sh; rm -rf /"], "bash"],
  ["bash", ["bash", "$(reboot).sh"], "bash"],
  ["python3", ["python3", "https://bob:hunter22@h/run.py"], "python3 run.py"],
  ["python3", ["python3", "AKIAABCDEFGHIJKLMNOP.py"], "python3"],
  ["python3", ["python3", `${"x".repeat(500)}.py`], `python3 ${"x".repeat(80)}…`],
  ["python3", ["python3", "-W", "-c", "a.py"], "python3 a.py"],
  ["python3", ["python3", "-W"], "python3"],
  ["java", ["java", "-jar"], "java"],
  ["bash", ["", "x.sh"], "bash"],
  ["\ufffd\ufffd", ["\ufffd"], "\ufffd\ufffd"],
  ["a\ud83d\ude00", ["/bin/a\ud83d\ude00"], "a\ud83d\ude00"],
  ["node", ["node", "/tmp/tmpk3x9_q2w.mjs"], "node tmp*.mjs"],
  ["node", ["node", "report-2026-11-21.js"], "node report-*.js"],
  ["sh", ["sh", "/tmp/tmp.Xy12Ab34Cd"], "sh tmp.*"],
  ["python3", ["python3", "***"], "python3"],
]);

describe("a process name", () => {
  it("never holds what stands behind the script", () => {
    const secret = "c0rrect-horse";
    for (const interpreter of [
      "python3",
      "node",
      "bash",
      "sh",
      "perl",
      "ruby",
      "php",
      "java",
      "lua",
      "Rscript",
      "deno",
      "bun",
      "julia",
      "uv",
      "npx",
    ]) {
      for (const options of [[], ["-x"], ["-c"], ["-e"], ["-s"], ["--"], ["-"], ["--unknown=1"], ["run"], ["exec"]]) {
        const name = nameOf(interpreter, [interpreter, ...options, "first.sh", "second.sh", secret]);
        assert.doesNotMatch(name, /c0rrect/, `${interpreter} ${options.join(" ")}`);
      }
    }
  });

  it("is the same for every worker, connection and run", () => {
    const names = new Set<string>();
    for (let index = 10_000; index < 10_100; index++) {
      names.add(nameOf("postgres", [`postgres: user${index} db${index} 10.0.0.1(${index}) idle`]));
      names.add(nameOf(`worker-${index}`, [`worker-${index}`]));
      names.add(nameOf("bash", `bash /tmp/jenkins${index}.sh`));
      names.add(nameOf("python3", `python3 /tmp/tmpab${index}.py`));
      names.add(nameOf("sshd", [`sshd: user${index}@pts/${index}`]));
    }
    assert.deepEqual([...names].sort(), ["bash jenkins*.sh", "postgres", "python3 tmp*.py", "sshd", "worker"]);
  });

  const kernelThreads: readonly (readonly [comm: string, name: string])[] = [
    ["kworker/0:1-events", "kworker"],
    ["kworker/u8:2", "kworker"],
    ["kworker/R-rcu_gp", "kworker"],
    ["ksoftirqd/13", "ksoftirqd"],
    ["migration/1", "migration"],
    ["kswapd0", "kswapd"],
    ["jbd2/vda1-8", "jbd2"],
    ["kdamond.0", "kdamond"],
    ["rcu_preempt", "rcu_preempt"],
    ["irq/24-nvme0q0", "irq"],
    ["vhost-12345", "vhost"],
  ];
  for (const [comm, name] of kernelThreads) {
    it(`folds the kernel thread ${comm}`, () => assert.equal(processName({ comm, kernelThread: true }), name));
  }

  it("is left alone where no arguments are known, whatever a kernel thread would make of it", () => {
    assert.equal(processName({ comm: "kworker/0:1", kernelThread: false }), "kworker/0:1");
  });
});
