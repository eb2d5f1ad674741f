/** Secrets, read when they are used: a file may be changed while Culprit runs. */
import { readFile } from "node:fs/promises";
import { parseHttpUrl } from "../http/url.ts";
import type { SecretSource } from "../model/channels.ts";
import { codeOf } from "../model/errors.ts";
import { DeliveryError } from "./notifier.ts";

const mostBytes = 64 * 1024;

/** The text of a file without the line end behind it. `key` is how the configuration calls it. @throws DeliveryError */
export async function readSecretFile(path: string, key: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    // it may be in the middle of being exchanged
    throw new DeliveryError(`${key}: cannot read ${path}: ${unreadableReason(error)}`, { retryable: true });
  }
  const secret = text.replace(/[\r\n]+$/, "");
  if (secret === "" || text.length > mostBytes) {
    throw new DeliveryError(`${key}: ${path} is ${secret === "" ? "empty" : "too long"}, expected a secret in it`, { retryable: true });
  }
  return secret;
}

/** The URL of a webhook. What is wrong with it is told without showing it. @throws DeliveryError */
export async function readWebhookUrl(source: SecretSource, channel: string): Promise<URL> {
  const inFile = "file" in source;
  const text = inFile ? await readSecretFile(source.file, `notify.${channel}.urlFile`) : source.text;
  const url = parseHttpUrl(text.trim());
  if (url !== undefined) return url;
  const place = inFile ? `notify.${channel}.urlFile: what ${source.file} holds is no address` : `notify.${channel}.url is no address`;
  throw new DeliveryError(`${place}, expected an http or https URL`, { retryable: inFile });
}

function unreadableReason(error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EISDIR") return "it is a directory, expected a file";
  return code ?? "unknown reason";
}
