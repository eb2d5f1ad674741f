/** Secrets that are known by their looks, wherever they stand. */
import type { Span } from "./spans.ts";

/**
 * Keys with a fixed beginning. Each body only uses characters that the look-behind refuses in front, so a run of them is tried once
 * and the time stays linear.
 */
const keyShapes: readonly string[] = [
  "(?:AKIA|ASIA)[A-Z0-9]{16}", // Amazon
  "gh[pousr]_[A-Za-z0-9]{16,}", // GitHub
  "github_pat_[A-Za-z0-9_]{20,}",
  "gl(?:pat|dt|rt|cbt|ptt|ft|oas|soat|agent|imt)-[\\w-]{16,}", // GitLab
  "xox[a-z]-[\\w-]{8,}", // Slack
  "xapp-[\\w-]{8,}",
  "sk-(?=[\\w-]{0,200}\\d)[\\w-]{20,}", // OpenAI, Anthropic
  "[sr]k_(?:live|test)_[A-Za-z0-9]{8,}", // Stripe
  "whsec_[A-Za-z0-9+/=]{16,}",
  "AIza[\\w-]{30,}", // Google
  "GOCSPX-[\\w-]{16,}",
  "ya29\\.[\\w-]{16,}",
  "eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)?", // JWT
  "hv[sbr]\\.[\\w-]{20,}", // Vault
  "npm_[A-Za-z0-9]{30,}",
  "pypi-[\\w-]{30,}",
  "dckr_[po]at_[\\w-]{16,}",
  "do[opr]_v1_[a-f0-9]{40,}",
  "SG\\.[\\w-]{16,}\\.[\\w-]{16,}", // SendGrid
  "tskey-[\\w-]{10,}",
  "gls?[ac]_[A-Za-z0-9_=+/]{20,}", // Grafana
  "NRAK-[A-Z0-9]{20,}",
  "sntry[su]_[\\w=+/-]{20,}",
  "ATATT3[\\w=-]{20,}", // Atlassian
  "hf_[A-Za-z0-9]{30,}",
  "(?:AGE-SECRET-KEY-1|age-secret-key-1)[A-Za-z0-9]{40,}",
  "\\d{8,10}:AA[\\w-]{32,34}", // Telegram
];

const keys = new RegExp(`(?<![A-Za-z0-9_-])(?:${keyShapes.join("|")})`, "g");

/** Webhook addresses are passwords themselves: what follows the service's host and path is cut. */
const webhooks =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|webhook\.office\.com\/webhookb2\/|outlook\.office(?:365)?\.com\/webhook\/|discord(?:app)?\.com\/api\/webhooks\/|api\.telegram\.org\/bot)([^\s"'`<>?]{4,})/gi;

/** The cheap look ahead for key shapes. */
export const shapeHint =
  "AKIA|ASIA|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|sk-|[sr]k_|whsec_|AIza|GOCSPX|ya29|eyJ|hv[sbr]\\.|npm_|pypi-|dckr_|_v1_|SG\\.|" +
  "gls?[ac]_|NRAK|sntry|ATATT|hf_|:AA|AGE-S|age-s";

/** The same for addresses, which may be written in any case. */
export const webhookHint = "hooks\\.slack|webhook|telegram";

/** Finds known key shapes and webhook addresses in one line. */
export function shapeSpans(line: string): Span[] {
  const spans: Span[] = [];
  for (const match of line.matchAll(keys)) spans.push({ start: match.index, end: match.index + match[0].length });
  for (const match of line.matchAll(webhooks)) {
    const end = match.index + match[0].length;
    spans.push({ start: end - (match[1] ?? "").length, end });
  }
  return spans;
}
