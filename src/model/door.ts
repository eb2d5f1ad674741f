/** Who may come in by what: TLS, users and headers of the server, as Prometheus' exporters take them from one file. */

/** Whose certificate is asked for in a handshake, and what it is held against. */
export const clientCertificateRules = [
  "NoClientCert",
  "RequestClientCert",
  "RequireAnyClientCert",
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
] as const;

/** One of them, in the words of Go's crypto/tls. */
type ClientCertificateRule = (typeof clientCertificateRules)[number];

/** Versions of TLS. */
type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/** The server's side of TLS. */
export interface TlsDoor {
  /** PEM: the certificate, with those between it and the root behind it. */
  readonly cert: string;
  readonly key: string;
  /** PEM of those who may sign certificates of clients. */
  readonly clientCa?: string;
  readonly clientCertificate: ClientCertificateRule;
  /** When there are some, a client's certificate must be for one of these names. */
  readonly allowedSans: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** In OpenSSL's words, as a list with colons; the engine's own when left out. */
  readonly ciphers?: string;
  readonly curves?: string;
  readonly prefersOwnCiphers: boolean;
  /** HTTP/2 is spoken with those who can, and HTTP/1.1 with the others. */
  readonly http2: boolean;
}

/** What the file says. */
export interface Door {
  /** Without it the server speaks in clear text. */
  readonly tls?: TlsDoor;
  /** On every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bcrypt hash of each user's password; when there are some, nobody is let in without a name. */
  readonly users: ReadonlyMap<string, string>;
  /** All files that it was read from, for whoever watches them. */
  readonly files: readonly string[];
}
