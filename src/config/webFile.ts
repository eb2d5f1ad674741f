/**
 * `--web.config.file`: TLS, users and headers, as Prometheus' exporter-toolkit has them, so that one file serves all exporters of a host.
 * https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 */
import { dirname, resolve } from "node:path";
import { createSecureContext, DEFAULT_CIPHERS } from "node:tls";
import { z } from "zod";
import { defined } from "../model/defined.ts";
import { clientCertificateRules, type Door, type TlsDoor } from "../model/door.ts";
import { reasonOf } from "../model/errors.ts";
import { parseConfigText, positionOfValue } from "./document.ts";
import { ConfigError, formatKey } from "./errors.ts";
import { oneOf, text, word } from "./fields.ts";
import { checkDocument } from "./file.ts";
import { isAbsent, type ReadFile, reason } from "./readFile.ts";

const versions = { TLS10: "TLSv1", TLS11: "TLSv1.1", TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const;
const curves = { CurveP256: "P-256", CurveP384: "P-384", CurveP521: "P-521", X25519: "X25519" } as const;
/** Go's names of the suites up to TLS 1.2, in OpenSSL's words. Those of TLS 1.3 are not to be chosen, there as here. */
const suites = {
  TLS_RSA_WITH_AES_128_CBC_SHA: "AES128-SHA",
  TLS_RSA_WITH_AES_256_CBC_SHA: "AES256-SHA",
  TLS_RSA_WITH_AES_128_CBC_SHA256: "AES128-SHA256",
  TLS_RSA_WITH_AES_128_GCM_SHA256: "AES128-GCM-SHA256",
  TLS_RSA_WITH_AES_256_GCM_SHA384: "AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: "ECDHE-ECDSA-AES128-SHA",
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: "ECDHE-ECDSA-AES256-SHA",
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: "ECDHE-RSA-AES128-SHA",
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: "ECDHE-RSA-AES256-SHA",
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: "ECDHE-ECDSA-AES128-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: "ECDHE-RSA-AES128-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
} as const;
const tls13Suites = { TLS_AES_128_GCM_SHA256: "", TLS_AES_256_GCM_SHA384: "", TLS_CHACHA20_POLY1305_SHA256: "" } as const;
const headerNames = [
  "Content-Security-Policy",
  "X-Frame-Options",
  "X-Content-Type-Options",
  "X-XSS-Protection",
  "Strict-Transport-Security",
];

/** The words of a table, each as what it stands for. */
function wordOf<Value>(table: Readonly<Record<string, Value>>): z.ZodType<Value, unknown> {
  return text(`one of ${Object.keys(table).join(", ")}`, (value) => (Object.hasOwn(table, value) ? table[value] : undefined));
}

const pem = (what: string) => text(`${what} in PEM`, (value) => (value.includes("-----BEGIN ") ? value : undefined));
const bcryptHash = () =>
  text('a bcrypt hash such as `htpasswd -nBC 10 ""` prints it behind the colon', (value) =>
    /^\$2[aby]\$(?:0[4-9]|1[0-7])\$[./A-Za-z0-9]{53}$/.test(value) ? value : undefined,
  );
const headerValue = () => text("text of one line", (value) => (/^[\t\x20-\x7e]+$/.test(value) ? value : undefined));

/** The schema of the file. */
const webFileSchema = () =>
  z.strictObject({
    tls_server_config: z
      .strictObject({
        cert_file: word("a path").optional(),
        cert: pem("a certificate").optional(),
        key_file: word("a path").optional(),
        key: pem("a key").optional(),
        client_auth_type: oneOf(clientCertificateRules).optional(),
        client_ca_file: word("a path").optional(),
        client_ca: pem("certificates").optional(),
        client_allowed_sans: z.array(word("a name of a certificate")).optional(),
        min_version: wordOf(versions).optional(),
        max_version: wordOf(versions).optional(),
        cipher_suites: z.array(wordOf({ ...suites, ...tls13Suites })).optional(),
        curve_preferences: z.array(wordOf(curves)).optional(),
        prefer_server_cipher_suites: z.boolean().optional(),
      })
      .nullish(),
    http_server_config: z
      .strictObject({
        http2: z.boolean().optional(),
        headers: z.strictObject(Object.fromEntries(headerNames.map((name) => [name, headerValue().optional()]))).nullish(),
      })
      .nullish(),
    basic_auth_users: z.record(z.string().regex(/^[^:\p{Cc}]+$/u, "expected a name without a colon"), bcryptHash()).nullish(),
  });

type WebFile = z.output<ReturnType<typeof webFileSchema>>;

/** Reads the file, and the certificates and keys that it names. `shown` is how the person named it. @throws ConfigError */
export function readWebFile(path: string, shown: string, readFile: ReadFile, key = "--web.config.file"): Door {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    throw new ConfigError([{ key, message: `cannot read ${shown}: ${reason(error)}` }]);
  }
  const document = parseConfigText(shown, content);
  if (!("yaml" in document)) throw new ConfigError(document);
  const written = checkDocument(document, webFileSchema(), new Map());
  const fail = (at: readonly string[], message: string): never => {
    throw new ConfigError([{ file: shown, ...positionOfValue(document, at), key: formatKey(at), message }]);
  };
  const folder = dirname(path);
  const files = [path];
  const readNamed = (at: readonly string[], name: string): string => {
    const named = resolve(folder, name);
    files.push(named);
    try {
      return readFile(named);
    } catch (error) {
      return fail(at, `expected the path of a file that can be read: ${isAbsent(error) ? `there is no ${named}` : reason(error)}`);
    }
  };
  const tls =
    written.tls_server_config == null
      ? undefined
      : tlsOf(written.tls_server_config, written.http_server_config?.http2 ?? true, readNamed, fail);
  const headers = Object.entries(written.http_server_config?.headers ?? {}).filter((one): one is [string, string] => one[1] !== undefined);
  return defined({
    tls,
    headers: Object.fromEntries(headers),
    users: new Map(Object.entries(written.basic_auth_users ?? {})),
    files,
  });
}

type WrittenTls = NonNullable<WebFile["tls_server_config"]>;

function tlsOf(
  written: WrittenTls,
  http2: boolean,
  readNamed: (at: readonly string[], name: string) => string,
  fail: (at: readonly string[], message: string) => never,
): TlsDoor {
  const section = "tls_server_config";
  const pemOf = (name: "cert" | "key" | "client_ca"): string | undefined => {
    const file = written[`${name}_file`];
    if (file !== undefined && written[name] !== undefined) fail([section, name], `expected this or ${name}_file, not both`);
    return file === undefined ? written[name] : readNamed([section, `${name}_file`], file);
  };
  const cert = pemOf("cert") ?? fail([section], "expected cert_file, the server's certificate");
  const key = pemOf("key") ?? fail([section], "expected key_file, the key of its certificate");
  const clientCa = pemOf("client_ca");
  const clientCertificate = written.client_auth_type ?? "NoClientCert";
  const verifies = clientCertificate === "VerifyClientCertIfGiven" || clientCertificate === "RequireAndVerifyClientCert";
  if (verifies && clientCa === undefined) fail([section, "client_auth_type"], "expected client_ca_file, which says whom to believe");
  if (clientCa !== undefined && clientCertificate === "NoClientCert") {
    fail(
      [section, written.client_ca_file === undefined ? "client_ca" : "client_ca_file"],
      "expected client_auth_type, or nobody is asked for a certificate",
    );
  }
  const allowedSans = written.client_allowed_sans ?? [];
  if (allowedSans.length > 0 && !verifies) fail([section, "client_allowed_sans"], "expected a client_auth_type that verifies certificates");
  const chosen = (written.cipher_suites ?? []).filter((name) => name !== "");
  // Node takes a list without the suites of TLS 1.3 for the wish to have no TLS 1.3
  const suitesOfAll = chosen.length === 0 ? DEFAULT_CIPHERS : [...Object.keys(tls13Suites), ...chosen].join(":");
  const [least, most] = [written.min_version ?? versions.TLS12, written.max_version ?? versions.TLS13];
  if (least > most) fail([section, "max_version"], "expected a version that is not below min_version, which is TLS12 when it is left out");
  // OpenSSL has the old versions below its lowest level only
  const ciphers = least < versions.TLS12 ? `${suitesOfAll}:@SECLEVEL=0` : suitesOfAll;
  const tls: TlsDoor = defined({
    cert,
    key,
    clientCa,
    clientCertificate,
    allowedSans,
    minVersion: least,
    maxVersion: written.max_version,
    ciphers: ciphers === DEFAULT_CIPHERS ? undefined : ciphers,
    curves: written.curve_preferences?.join(":"),
    prefersOwnCiphers: written.prefer_server_cipher_suites ?? true,
    http2,
  });
  try {
    createSecureContext({ cert, key, ca: clientCa, ciphers: tls.ciphers, ecdhCurve: tls.curves });
  } catch (error) {
    fail([section], `the certificate, its key and the ciphers do not work together: ${reasonOf(error)}`);
  }
  return tls;
}
