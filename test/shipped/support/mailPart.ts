/** The decoded text of one part of a mail as Go writes it: quoted-printable, the encoding named before the type. */
export function mailPart(raw: string, type: "text/plain" | "text/html"): string {
  const parts = raw.split(/\r\n--[^\r\n]+\r\n/);
  const part = parts.find((one) => new RegExp(`^Content-Type: ${type}`, "m").test(one.slice(0, one.indexOf("\r\n\r\n"))));
  if (part === undefined) throw new Error(`the mail has no ${type}:\n${raw}`);
  const end = part.indexOf("\r\n\r\n");
  if (!/^Content-Transfer-Encoding: quoted-printable/m.test(part.slice(0, end)))
    throw new Error(`not quoted-printable: ${part.slice(0, end)}`);
  const bytes = part
    .slice(end + 4)
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString().replaceAll("\r\n", "\n");
}
