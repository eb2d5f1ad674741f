/** What a token may do. */

/**
 * The scopes: `read` sees pages and archives, `capture` sends alerts and asks for captures, `ingest` sends other hosts'
 * Snapshots. `admin` implies all; no other scope implies another, so Alertmanager's token cannot download anything.
 */
export const SCOPES = ["read", "capture", "ingest", "admin"] as const;

/** One of the scopes. */
export type Scope = (typeof SCOPES)[number];

/** Whether these scopes suffice for `needed`. */
export function grants(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes("admin") || scopes.includes(needed);
}
