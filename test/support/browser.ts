/** A real Chromium, and what went wrong in its pages. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { programPath } from "./servers.ts";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What must not happen in any page. */
export interface PageTroubles {
  /** Errors in the console and uncaught ones. */
  readonly errors: string[];
  /** What the content security policy has refused. */
  readonly violations: string[];
  /** Requests that left for another server. */
  readonly foreign: string[];
}

/** A browser with a fresh profile; `close` removes it. */
export class TestBrowser {
  readonly troubles: PageTroubles = { errors: [], violations: [], foreign: [] };
  readonly #profile: string;
  readonly #context: BrowserContext;

  private constructor(profile: string, context: BrowserContext) {
    this.#profile = profile;
    this.#context = context;
  }

  static async open(options: BrowserContextOptions = {}): Promise<TestBrowser> {
    const profile = mkdtempSync(join(tmpdir(), "culprit-browser-"));
    const executablePath = programPath("chromium") ?? "chromium";
    const context = await chromium.launchPersistentContext(profile, { executablePath, args: flags, acceptDownloads: true, ...options });
    return new TestBrowser(profile, context);
  }

  /** A page whose troubles are remembered; all its requests have to stay with `base`. */
  async page(base: string): Promise<Page> {
    const page = await this.#context.newPage();
    const { errors, violations, foreign } = this.troubles;
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`.trim());
    });
    page.on("pageerror", (error) => void errors.push(error.stack ?? error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
    });
    await page.exposeFunction("tellViolation", (words: string) => void violations.push(words));
    await page.addInitScript(tellViolations);
    return page;
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** Runs in the page. */
const tellViolations = `addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  tellViolation(violatedDirective + " " + blockedURI));`;
