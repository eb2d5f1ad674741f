/** Secrets that are known by their looks, wherever they stand. */
import { allMatches } from "./matches.ts";
import type { Span } from "./spans.ts";

/**
 * Keys with a fixed beginning. Each body only uses characters that the look-behind refuses in front, so a run of them is tried once
 * and the time stays linear.
 */
const keyShapes: readonly string[] = [
  "(?:AKIA|ASIA|ABIA|ACCA|LTAI|AKID)[A-Za-z0-9]{16,}", // Amazon, Alibaba, Tencent
  "(?:FwoGZXIvYXdz|IQoJb3JpZ2lu|ABSK)[A-Za-z0-9+/=]{40,}", // Amazon, temporary, Bedrock
  "gh[pousr]_[A-Za-z0-9]{16,}", // GitHub
  "github_pat_[A-Za-z0-9_]{20,}",
  "gl(?:pat|dt|rt|cbt|ptt|ft|oas|soat|agent|imt|ffct|trt)-[\\w-]{16,}", // GitLab
  "xox[a-z]-[\\w-]{8,}", // Slack
  "xox[a-z]\\.xox[a-z]-[\\w-]{8,}",
  "xapp-[\\w-]{8,}",
  "sk-(?=[\\w-]{0,200}\\d)(?=[\\w-]{0,200}[A-Z])[\\w-]{20,}", // OpenAI, Anthropic
  "sk-or-v1-[a-f0-9]{32,}", // OpenRouter
  "[sr]k_(?:live|test)_[A-Za-z0-9]{8,}", // Stripe
  "whsec_[A-Za-z0-9+/=]{16,}",
  "AIza[\\w-]{30,}", // Google
  "GOCSPX-[\\w-]{16,}",
  "ya29\\.[\\w.-]{16,}",
  "1//0[\\w-]{30,}",
  "eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*){0,3}", // JWT, JWE
  "v[1-4]\\.(?:local|public)\\.[\\w-]{20,}(?:\\.[\\w-]*)?", // PASETO
  "hv[sbr]\\.[\\w-]{20,}", // Vault
  "npm_[A-Za-z0-9]{30,}",
  "pypi-[\\w-]{30,}",
  "rubygems_[a-f0-9]{32,}",
  "cio[A-Za-z0-9]{32}(?![A-Za-z0-9])", // crates.io
  "oy2[a-z0-9]{43}(?![A-Za-z0-9])", // NuGet
  "dckr_[po]at_[\\w-]{16,}",
  "do[oprt]_v1_[a-f0-9]{40,}", // DigitalOcean
  "SG\\.[\\w-]{16,}\\.[\\w-]{16,}", // SendGrid
  "key-[a-f0-9]{32}(?![a-f0-9])", // Mailgun
  "SK[a-f0-9]{32}(?![a-f0-9])", // Twilio
  "AC[a-f0-9]{32}:[a-f0-9]{32}",
  "xkeysib-[\\w-]{40,}", // Brevo
  "tskey-[\\w-]{10,}", // Tailscale
  "gls?[ac]_[A-Za-z0-9_=+/]{20,}", // Grafana
  "NR(?:AK|II|AA|BR)-[\\w-]{20,}", // New Relic
  "sntry[su]_[\\w=+/-]{20,}", // Sentry
  "AT(?:ATT3|CTT3|BB)[\\w=-]{20,}", // Atlassian
  "shp(?:at|ss|ca|pa|tka)_[a-fA-F0-9]{32,}", // Shopify
  "sq0[a-z]{3}-[\\w-]{22,}", // Square
  "lin_(?:api|oauth|wh)_[A-Za-z0-9]{30,}", // Linear
  "(?:secret|ntn)_[A-Za-z0-9]{40,}", // Notion
  "figd_[\\w-]{30,}", // Figma
  "(?:xai|gsk|pplx|nvapi|tvly|fw|e2b|sgp|lsv2_pt|lsv2_sk)[-_][A-Za-z0-9_-]{30,}", // models and searches
  "r8_[A-Za-z0-9]{30,}", // Replicate
  "hf_[A-Za-z0-9]{30,}", // Hugging Face
  "ph[xc]_[A-Za-z0-9]{30,}", // PostHog
  "dapi[a-f0-9]{32}(?:-\\d)?", // Databricks
  "sb[ps]_[a-f0-9]{40,}", // Supabase
  "sb_secret_[\\w-]{20,}",
  "fm[12][ar]?_[A-Za-z0-9+/=_-]{40,}", // Fly
  "FlyV1 [\\w+/=,-]{40,}",
  "CCIPAT_[\\w-]{30,}", // CircleCI
  "[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{40,}", // Terraform
  "[MNO][\\w-]{23,27}\\.[\\w-]{6,7}\\.[\\w-]{27,}", // Discord
  "pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}", // Airtable
  "pul-[a-f0-9]{40,}", // Pulumi
  "PMAK-[a-f0-9-]{40,}", // Postman
  "nfp_[A-Za-z0-9]{30,}", // Netlify
  "rnd_[A-Za-z0-9]{24,}", // Render
  "dp\\.(?:pt|st|sa|ct|scim|audit)\\.[\\w.-]{30,}", // Doppler
  "pscale_(?:tkn|pw|oauth)_[\\w-]{20,}", // PlanetScale
  "EAA[A-Za-z0-9]{40,}", // Facebook
  "AKCp[A-Za-z0-9]{60,}", // Artifactory
  "CFPAT-[\\w-]{30,}", // Contentful
  "AstraCS:[\\w:-]{30,}",
  "apify_api_[A-Za-z0-9]{30,}",
  "bk(?:ua|aj|ct)_[a-f0-9]{30,}", // Buildkite
  "re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,}", // Resend
  "live_\\d{6,}_[A-Za-z0-9]{20,}", // Twitch
  "[\\w~.-]{3}8Q~[\\w~.-]{30,}", // Azure
  "K10[a-f0-9]{60,}(?:::[\\w:.-]+)?", // k3s
  "SWMTKN-1-[a-z0-9-]{40,}", // Docker Swarm
  "sha256~[\\w-]{8,}", // OpenShift
  "[a-z0-9]{6}\\.(?=[a-z]{0,15}\\d)(?=\\d{0,15}[a-z])[a-z0-9]{16}(?![\\w.-])", // kubeadm
  "(?:AGE-SECRET-KEY-1|age-secret-key-1|AGE-PLUGIN-)[A-Za-z0-9-]{40,}",
  "\\d{8,10}:AA[\\w-]{30,34}", // Telegram
  "SCRAM-SHA-(?:1|256|512)\\$[\\w:+/=$-]{20,}", // PostgreSQL
];

const keys = new RegExp(`(?<![A-Za-z0-9_-])(?:${keyShapes.join("|")})`, "g");

/** A password's hash as crypt(3), Apache and web frameworks write it; what says how it was made stays readable. */
const hashes =
  /(?<![\w$])(?:\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|sha1|argon2(?:id|i|d)|pbkdf2-sha\d{3}|scrypt)\$|pbkdf2_sha\d{1,3}\$|\{(?:S?SHA\d{0,3}|S?MD5|CRYPT)\})([\w./+$=,-]{8,})/g;

/** Finds known key shapes and hashes in one line. */
export function shapeSpans(line: string): Span[] {
  const spans: Span[] = [];
  for (const { 0: found, index } of allMatches(line, keys)) spans.push({ start: index, end: index + found.length });
  if (/[$}]/.test(line)) for (const match of allMatches(line, hashes)) spans.push(lastPart(match));
  return spans;
}

function lastPart(match: RegExpMatchArray): Span {
  const end = (match.index ?? 0) + match[0].length;
  return { start: end - (match[1] ?? "").length, end };
}
