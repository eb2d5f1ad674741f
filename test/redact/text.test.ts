import assert from "node:assert/strict";
import { carefulRedactor } from "../../src/redact/redactor.ts";

const { text: redactText } = carefulRedactor;

/** What goes in, and what must come out. */
type Case = readonly [before: string, after: string];

function each(cases: readonly Case[]): void {
  for (const [before, after] of cases) {
    it(`turns ${before.slice(0, 90)} into ${after.slice(0, 90)}`, () => {
      assert.equal(redactText(before), after);
      assert.equal(redactText(after), after, "a second time changes nothing");
    });
  }
}

describe("redactText cuts", () => {
  describe("values of flags", () => {
    each([
      ["deploy --password hunter22 --host db", "deploy --password *** --host db"],
      ["deploy --password=hunter22 --host db", "deploy --password=*** --host db"],
      ["deploy --PASSWORD='my own pw' --host db", "deploy --PASSWORD='***' --host db"],
      ['deploy --db-password "a \\"b\\" c" x', 'deploy --db-password "***" x'],
      ["vault -token abc --api-key def --secret ghi", "vault -token *** --api-key *** --secret ***"],
      ["run --client-secret=abc --oauth2-bearer xyz1", "run --client-secret=*** --oauth2-bearer ***"],
      ["beam.smp -setcookie QWERTY -noinput", "beam.smp -setcookie *** -noinput"],
      ["redis-server --requirepass foobar --masterauth x1", "redis-server --requirepass *** --masterauth ***"],
      ["keytool -storepass abc -keypass def", "keytool -storepass *** -keypass ***"],
      ['["run","--token","abc","x"]', '["run","--token","***","x"]'],
      ["['run', '--password', 'x y', 'z']", "['run', '--password', '***', 'z']"],
      ["run --token -aB3xxxxxxxxxxx9 --host h", "run --token *** --host h"],
    ]);
  });

  describe("short flags of programs that are known for them", () => {
    each([
      ["mysql -uroot -psecret1 shop", "mysql -uroot -p*** shop"],
      ["/usr/bin/mysqldump -u root -p's3cret pw' shop", "/usr/bin/mysqldump -u root -p'***' shop"],
      ["mariadb-admin -phunter2 status", "mariadb-admin -p*** status"],
      ["sshpass -p hunter22 ssh -p 2222 host", "sshpass -p *** ssh -p 2222 host"],
      ["sshpass -phunter22 ssh host", "sshpass -p*** ssh host"],
      ["curl -u bob:hunter22 http://h/", "curl -u bob:*** http://h/"],
      ["curl -sSu bob:hunter22 http://h/", "curl -sSu bob:*** http://h/"],
      ["curl -ubob:hunter22 http://h/", "curl -ubob:*** http://h/"],
      ["curl --proxy-user bob:hunter22 http://h/", "curl --proxy-user bob:*** http://h/"],
      ["http -a bob:hunter22 h/x", "http -a bob:*** h/x"],
      ["redis-cli -a foobar ping", "redis-cli -a *** ping"],
      ["ldapsearch -D cn=a -w pw1 x", "ldapsearch -D cn=a -w *** x"],
      ["docker login -u bob -p hunter22 registry", "docker login -u bob -p *** registry"],
      ["smbclient //h/s -U bob%hunter22", "smbclient //h/s -U bob%***"],
      ["openssl enc -k pw1 -in f", "openssl enc -k *** -in f"],
      ["openssl rsa -passin pass:pw1", "openssl rsa -passin pass:***"],
      ["xfreerdp /u:bob /p:hunter22 /v:h", "xfreerdp /u:bob /p:*** /v:h"],
      ["nmcli dev wifi connect Home password hunter22", "nmcli dev wifi connect Home password ***"],
      ["timeout 5 sh -c 'mysql -psecret1 shop'", "timeout 5 sh -c 'mysql -p*** shop'"],
    ]);
  });

  describe("assignments", () => {
    each([
      ["PGPASSWORD=hunter22 psql", "PGPASSWORD=*** psql"],
      ["PGPASSWORD='a b c' psql -c x", "PGPASSWORD='***' psql -c x"],
      ["docker run -e MYSQL_ROOT_PASSWORD=x1y2 mysql", "docker run -e MYSQL_ROOT_PASSWORD=*** mysql"],
      ["AWS_SECRET_ACCESS_KEY=/abc+d aws s3 ls", "AWS_SECRET_ACCESS_KEY=*** aws s3 ls"],
      ["GITHUB_TOKEN=a1 DB_PASSWORD_PROD=b2 X=c3", "GITHUB_TOKEN=*** DB_PASSWORD_PROD=*** X=c3"],
      [
        "java -Dpassword=foo -Dx=y -Djavax.net.ssl.keyStorePassword=bar Main",
        "java -Dpassword=*** -Dx=y -Djavax.net.ssl.keyStorePassword=*** Main",
      ],
      ["mount -o username=x,password=y,uid=3", "mount -o username=x,password=***,uid=3"],
      ["Server=h;User Id=s;Password=p;Database=d", "Server=h;User Id=s;Password=***;Database=d"],
      ["AccountName=a;AccountKey=abcd+/==;EndpointSuffix=x", "AccountName=a;AccountKey=***;EndpointSuffix=x"],
      ["kubectl create secret generic x --from-literal=password=abc", "kubectl create secret generic x --from-literal=password=***"],
      ["helm install --set auth.password=x,foo=y", "helm install --set auth.password=***,foo=y"],
      ['{"password":"x y","a":1,"apiToken": "z"}', '{"password":"***","a":1,"apiToken": "***"}'],
      ['{\\"password\\":\\"x y\\",\\"a\\":1}', '{\\"password\\":\\"***\\",\\"a\\":1}'],
      ["{'password': 'x', 'a': 2}", "{'password': '***', 'a': 2}"],
      ["  password: hunter22 # why", "  password: *** # why"],
      ["it said Password: hunter22", "it said Password: ***"],
      ["password = hunter22", "password = ***"],
      ["'password' => 'hunter22',", "'password' => '***',"],
      ["CREATE USER 'a'@'h' IDENTIFIED BY 'pw pw'", "CREATE USER 'a'@'h' IDENTIFIED BY '***'"],
      ["ALTER ROLE a WITH PASSWORD 'pw pw';", "ALTER ROLE a WITH PASSWORD '***';"],
    ]);
  });

  describe("headers", () => {
    each([
      ["curl -H 'Authorization: Bearer abc.def' http://h/", "curl -H 'Authorization: Bearer ***' http://h/"],
      ["curl -H Authorization: Bearer abc http://h/", "curl -H Authorization: Bearer *** http://h/"],
      ["curl -HAuthorization: Basic YWJj http://h", "curl -HAuthorization: Basic *** http://h"],
      ["authorization: abcdef", "authorization: ***"],
      ['git -c http.extraHeader="Authorization: basic QUJD" fetch', 'git -c http.extraHeader="Authorization: basic ***" fetch'],
      ["wget --header='X-Auth-Token: a b' h", "wget --header='X-Auth-Token: *** b' h"],
      ["curl -H 'PRIVATE-TOKEN: abc' h", "curl -H 'PRIVATE-TOKEN: ***' h"],
      ["curl -H 'Cookie: a=b; c=d' h", "curl -H 'Cookie: ***' h"],
      ["Cookie: a=b; c=d; e=f http://h", "Cookie: *** http://h"],
      ["sent bearer abcdefg12345 to it", "sent bearer *** to it"],
    ]);
  });

  describe("URLs", () => {
    each([
      ["https://bob:hunter22@h/x?a=1", "https://bob:***@h/x?a=1"],
      ["postgres://bob:p/a@ss@h:5432/db", "postgres://bob:***@h:5432/db"],
      ["redis://:hunter22@h:6379/0", "redis://:***@h:6379/0"],
      ["https://0123456789abcdef0123456789abcdef@sentry.example/1", "https://***@sentry.example/1"],
      ["jdbc:mysql://h/db?user=a&password=b&x=c", "jdbc:mysql://h/db?user=a&password=***&x=c"],
      ["jdbc:oracle:thin:scott/tiger@h:1521/x", "jdbc:oracle:thin:scott/***@h:1521/x"],
      ["https://h/x?token=abc&x=1&sig=abcdefghij#f", "https://h/x?token=***&x=1&sig=***#f"],
      ["https://h/x?key=0123456789abcdef0123&q=1", "https://h/x?key=***&q=1"],
      ["https://s3/x?X-Amz-Signature=0123456789abcdef&X-Amz-Date=1", "https://s3/x?X-Amz-Signature=***&X-Amz-Date=1"],
    ]);
  });

  describe("keys known by their looks", () => {
    const samples = [
      // Written in two halves, or scanners of repositories take them for leaked keys.
      ["AKIA", "IOSFODNN7EXAMPLE"],
      ["ghp_", "0123456789abcdefghijABCDEFGHIJ012345"],
      ["github_pat_", "11ABCDEFG0123456789_abcdefghij"],
      ["glpat-", "0123456789abcdefghij"],
      ["xoxb-", "123456789012-abcdefghijkl"],
      ["xapp-", "1-A0123456789-0123"],
      ["sk-", "proj-0123456789abcdefghijABCDEFGHIJ"],
      ["sk_live_", "0123456789abcdefghij"],
      ["whsec_", "0123456789abcdefghij+/="],
      ["AIza", "SyA0123456789abcdefghijABCDEFGHIJKL"],
      ["GOCSPX-", "0123456789abcdefghij"],
      ["ya29.", "a0123456789abcdefghij"],
      ["eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_DEF"],
      ["hvs.", "0123456789abcdefghijABCD"],
      ["npm_", "0123456789abcdefghijABCDEFGHIJ012345"],
      ["pypi-", "AgEIcHlwaS5vcmc0123456789abcdefghij"],
      ["dckr_pat_", "0123456789abcdefghij"],
      ["dop_v1_", "0123456789abcdef0123456789abcdef0123456789abcdef"],
      ["SG.", "0123456789abcdefghij.0123456789abcdefghij"],
      ["tskey-", "auth-0123456789"],
      ["glsa_", "0123456789abcdefghijABCDEFGHIJ01_01234567"],
      ["NRAK-", "0123456789ABCDEFGHIJKLMNOPQ"],
      ["sntrys_", "0123456789abcdefghijABCDEF"],
      ["ATATT3", "xFfGF0123456789abcdefghij"],
      ["hf_", "abcdefghijABCDEFGHIJabcdefghij0123"],
      ["AGE-SECRET-KEY-1", "QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"],
      ["123456789:", "AAabcdefghijklmnopqrstuvwxyz0123456"],
    ];
    each(samples.map(([start, rest]): Case => [`see ${start}${rest} there`, "see *** there"]));
    each([
      ["post https://hooks.slack.com/services/T0/B0/abcdef now", "post https://hooks.slack.com/services/*** now"],
      ["https://x.webhook.office.com/webhookb2/abc@def/IncomingWebhook/1/2", "https://x.webhook.office.com/webhookb2/***"],
      ["https://api.telegram.org/bot123456789:AAabcdefghijklmnopqrstuvwxyz0123456/send", "https://api.telegram.org/bot***"],
    ]);
  });

  describe("private keys", () => {
    each([
      [
        "before\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA==\n-----END OPENSSH PRIVATE KEY-----\nafter",
        "before\n-----BEGIN OPENSSH PRIVATE KEY-----\n***\n-----END OPENSSH PRIVATE KEY-----\nafter",
      ],
      ["-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAabcdefghijklmnop\nMIIEowIBAAKC", "-----BEGIN RSA PRIVATE KEY-----\n***"],
      [
        "-----BEGIN EC PRIVATE KEY----- MHcCAQEE abc= -----END EC PRIVATE KEY----- x",
        "-----BEGIN EC PRIVATE KEY----- *** -----END EC PRIVATE KEY----- x",
      ],
    ]);
  });

  it("works line by line, so that an open quote does not swallow the next line", () => {
    assert.equal(redactText("it's --password 'abc\nnot a secret's line\nTOKEN=x"), "it's --password ***\nnot a secret's line\nTOKEN=***");
  });

  it("keeps line ends, Windows ones too", () => {
    assert.equal(redactText("TOKEN=a1\r\nX=b\r\n"), "TOKEN=***\r\nX=b\r\n");
  });
});

describe("redactText keeps", () => {
  const harmless = [
    "deploy --password-file /run/secrets/db --passwordless",
    "deploy --token-ttl 3h --max-token 5 --token-url http://h/x",
    "tokenizer --pass-through --bypass x",
    "sort --key=2 -t, file",
    "key=value primary_key=id public_key=abc",
    "deploy --no-password x --ask-pass y --use-token z",
    "deploy --password --host h",
    "deploy --password=true --token=false --secret=",
    "ssh -i /home/a/.ssh/id_ed25519 -p 2222 host",
    "ansible --private-key ~/.ssh/id_ed25519",
    "PWD=/root OLDPWD=/tmp HOME=/root",
    "PASSWORD= command argument",
    "ffmpeg -af highpass=f=200 -pass 1 out.mkv",
    "docker run --name mongo -p 27017:27017 mongo",
    "docker run -p 80:80 -v token:/run/token registry.example/auth-token:v1.2",
    "/bin/login -p -- root",
    "mysql -p shop",
    "curl -u bob http://h:8080/@scope/x",
    "error: unexpected token: }",
    "postgres: user db 10.0.0.1(5) idle",
    "ssh://git@github.com/a/b.git user@host getty@tty1.service",
    "disk-usage task-0123456789abcdefghij0123",
    "https://h/x?key=name&page=2",
    "The password is asked for; don't write it down.",
    "Mem:  1234 567 89\nSwap:    0   0  0\nKernelStack: 1234 kB",
  ];
  for (const text of harmless) it(text, () => assert.equal(redactText(text), text));
});
