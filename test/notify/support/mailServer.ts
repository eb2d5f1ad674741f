import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SelfSigned } from "./certificate.ts";

/** A mail as it came over the wire. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly user: string;
  readonly secure: boolean;
  /** How the client introduced itself. */
  readonly greeting: string;
}

/** A complaint in SMTP's words. */
export interface Complaint {
  readonly code: number;
  readonly text: string;
}

/** A real SMTP server on loopback. */
export interface MailServer {
  readonly port: number;
  readonly mails: Mail[];
  /** Answers to the mail from now on; undefined takes it. */
  complaint: Complaint | undefined;
  /** Recipients that it does not know. */
  readonly unknown: Set<string>;
  /** What is repeated when a log-in is refused; %s is the password. */
  refusal: string | undefined;
  password: string;
  close(): Promise<void>;
}

/** Starts one; `security` as the configuration calls it. */
export async function startMailServer(certificate: SelfSigned, security: "starttls" | "tls" | "none" = "starttls"): Promise<MailServer> {
  const fail = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });
  const smtp = new SMTPServer({
    ...certificate,
    secure: security === "tls",
    authOptional: security === "none",
    disabledCommands: security === "none" ? ["STARTTLS", "AUTH"] : [],
    disableReverseLookup: true,
    logger: false,
    onAuth({ username = "", password }, _session, callback) {
      if (mail.refusal !== undefined) callback(fail(535, mail.refusal.replace("%s", String(password))));
      else if (password === mail.password) callback(null, { user: username });
      else callback(fail(535, "bad credentials"));
    },
    onRcptTo({ address }, _session, callback) {
      callback(mail.unknown.has(address) ? fail(550, "no such user") : null);
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (mail.complaint !== undefined) return callback(fail(mail.complaint.code, mail.complaint.text));
        const { mailFrom, rcptTo } = session.envelope;
        mail.mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          user: String(session.user ?? ""),
          secure: session.secure,
          greeting: session.hostNameAppearsAs,
        });
        callback(null, "queued as 4711");
      });
    },
  });
  smtp.on("error", () => undefined);
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  const mail: MailServer = {
    port: (smtp.server.address() as AddressInfo).port,
    mails: [],
    complaint: undefined,
    unknown: new Set(),
    refusal: undefined,
    password: "",
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
  return mail;
}

/** A server that takes connections and never says a word. */
export async function startSilentServer(): Promise<{ readonly port: number; readonly connected: Promise<void>; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let tell: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => undefined);
    tell();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connected,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The decoded text of one part of a mail. */
export function partOf(raw: string, type: "text/plain" | "text/html"): string {
  const start = raw.indexOf(`Content-Type: ${type}`);
  const head = raw.slice(start, raw.indexOf("\r\n\r\n", start));
  const body = raw.slice(raw.indexOf("\r\n\r\n", start) + 4);
  const end = body.indexOf("\r\n--");
  const text = end < 0 ? body : body.slice(0, end);
  if (/base64/i.test(head)) return Buffer.from(text, "base64").toString();
  if (!/quoted-printable/i.test(head)) return text;
  const bytes = text
    .replaceAll(/=\r\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}

/** A header of a mail, unfolded. */
export function headerOf(raw: string, name: string): string | undefined {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replaceAll(/\r\n[ \t]+/g, " ");
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1];
}
