import assert from "node:assert/strict";
import { readWebFile } from "../../src/config/webFile.ts";
import { ConfigError, formatProblem } from "../../src/config.ts";
import { selfSignedCertificate } from "../notify/support/certificate.ts";

const { cert, key } = selfSignedCertificate();
const hash = "$2y$10$ZFDEgxIFWSxi84uKePYKkueWXqT9NardAAr4LpR/37sJOt63VmQvW";
const files: Readonly<Record<string, string>> = { "/etc/server.pem": cert, "/etc/server.key": key, "/etc/ca.pem": cert };

function read(text: string) {
  return readWebFile("/etc/web.yml", "web.yml", (path) => {
    const content = path === "/etc/web.yml" ? text : files[path];
    if (content === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    return content;
  });
}

const tls13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

describe("--web.config.file", () => {
  it("is what Prometheus' exporters take", () => {
    const door = read(`
tls_server_config:
  cert_file: server.pem
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.pem
  client_allowed_sans: [prometheus.example.org]
  min_version: TLS12
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]
  curve_preferences: [X25519, CurveP256]
  prefer_server_cipher_suites: false
http_server_config:
  http2: true
  headers: { X-Frame-Options: deny }
basic_auth_users: { prometheus: ${hash} }
`);
    assert.deepEqual(door, {
      tls: {
        cert,
        key,
        clientCa: cert,
        clientCertificate: "RequireAndVerifyClientCert",
        allowedSans: ["prometheus.example.org"],
        minVersion: "TLSv1.2",
        maxVersion: "TLSv1.3",
        ciphers: `${tls13}:ECDHE-ECDSA-AES128-GCM-SHA256`,
        curves: "X25519:P-256",
        prefersOwnCiphers: false,
        http2: true,
      },
      headers: { "X-Frame-Options": "deny" },
      users: new Map([["prometheus", hash]]),
      files: ["/etc/web.yml", "/etc/server.pem", "/etc/server.key", "/etc/ca.pem"],
    });
  });

  it("leaves TLS 1.3 there where suites of older versions are chosen, and asks OpenSSL for versions that it hides", () => {
    const of = (more: string) => read(`${pair}${more}`).tls;
    assert.equal(of("")?.ciphers, undefined);
    assert.equal(of("  cipher_suites: [TLS_AES_128_GCM_SHA256]\n")?.ciphers, undefined);
    assert.match(of("  min_version: TLS10\n")?.ciphers ?? "", /:@SECLEVEL=0$/);
    assert.equal(of("  min_version: TLS13\n")?.ciphers, undefined);
  });

  it("may be empty, and then leaves the door as it is", () => {
    assert.deepEqual(read(""), { headers: {}, users: new Map(), files: ["/etc/web.yml"] });
  });

  it("has HTTP/2 unless it says otherwise", () => {
    assert.equal(read(pair).tls?.http2, true);
    assert.equal(read(`${pair}http_server_config: { http2: false }\n`).tls?.http2, false);
  });

  const pair = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n";
  for (const [text, problem] of [
    ["tls_server_config: { key_file: server.key }\n", /^web\.yml:1:\d+: tls_server_config: expected cert_file/],
    [
      "tls_server_config:\n  cert_file: none.pem\n  key_file: server.key\n",
      /^web\.yml:2:14: tls_server_config\.cert_file: .*there is no \/etc\/none\.pem/,
    ],
    [`${pair}  client_auth_type: Sometimes\n`, /^web\.yml:4:21: .*expected one of NoClientCert, RequestClientCert/],
    [`${pair}  client_auth_type: RequireAndVerifyClientCert\n`, /client_auth_type: expected client_ca_file, which says whom to believe/],
    [`${pair}  client_ca_file: ca.pem\n`, /client_ca_file: expected client_auth_type, or nobody is asked/],
    [`${pair}  client_allowed_sans: [a]\n`, /client_allowed_sans: expected a client_auth_type that verifies/],
    [`${pair}  cipher_suites: [TLS_NULL]\n`, /cipher_suites\[0\]: expected one of TLS_RSA_WITH_AES_128_CBC_SHA/],
    [
      `${pair}  min_version: TLS13\n  max_version: TLS12\n`,
      /^web\.yml:5:16: .*max_version: expected a version that is not below min_version/,
    ],
    [`${pair}  max_version: TLS11\n`, /max_version: expected a version that is not below min_version, which is TLS12 when it is left out/],
    [`${pair}  min_version: TLS9\n`, /min_version: expected one of TLS10, TLS11, TLS12, TLS13/],
    ["tls_server_config:\n  cert_file: server.key\n  key_file: server.pem\n", /do not work together/],
    ["basic_auth_users: { prometheus: secret }\n", /^web\.yml:1:33: basic_auth_users\.prometheus: expected a bcrypt hash/],
    ["http_server_config: { headers: { X-Mine: 1 } }\n", /X-Mine/],
    ["basic_auth: {}\n", /^web\.yml:1:1: basic_auth: .*basic_auth_users/],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(text.slice(-50))}`, () => {
      assert.throws(
        () => read(text),
        (error) =>
          error instanceof ConfigError && error.problems.some((one) => problem.test(formatProblem(one)))
            ? true
            : assert.fail(String(error instanceof ConfigError ? error.problems.map(formatProblem).join("\n") : error)),
      );
    });
  }
});
