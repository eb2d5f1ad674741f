import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Certificates of a small authority in a folder: `NAME.pem` and `NAME.key` for each name, signed by `ca.pem`. */
export function makeCertificates(folder: string, names: readonly string[]): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const openssl = (...args: readonly string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  openssl("req", "-x509", ...key, "-days", "30", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority of a test");
  for (const name of names) {
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:localhost,DNS:${name}.example.org,IP:127.0.0.1\n`);
    openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-days", "30", "-extfile", `${name}.ext`, "-out", `${name}.pem`],
    );
  }
}

/** What a file of the folder says. */
export function pem(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
