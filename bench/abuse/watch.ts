/** Asks for the health and the metrics while something is done to a Culprit. */
import { pause } from "../lib/started.ts";
import type { Victim } from "../lib/victim.ts";

/** What was seen meanwhile. */
export interface Seen {
  readonly healthySeconds: number;
  readonly scrapeSeconds: number;
  readonly mostBytes: number;
  /** What went wrong first, or "". */
  readonly trouble: string;
}

const healthyEverySeconds = 0.25;
const scrapeEverySeconds = 1;
const limitSeconds = 10;
const tellEverySeconds = 60;

/** Watches until the deed is done. Whoever is not answered at all has waited for the limit. */
export async function watch(victim: Victim, deed: Promise<unknown>, tell?: (text: string) => void): Promise<Seen> {
  let isOver = false;
  let mostBytes = 0;
  let trouble = "";
  const longest = { "/-/healthy": 0, "/metrics": 0 };
  const askAgain = async (path: keyof typeof longest, everySeconds: number): Promise<void> => {
    while (!isOver) {
      const seconds = await victim.ask(path, limitSeconds).then(
        (answer) => answer.seconds,
        (error: Error) => {
          if (trouble === "") trouble = error.message;
          return limitSeconds;
        },
      );
      longest[path] = Math.max(longest[path], seconds);
      mostBytes = Math.max(mostBytes, victim.residentBytes());
      await pause(everySeconds);
    }
  };
  const asking = [askAgain("/-/healthy", healthyEverySeconds), askAgain("/metrics", scrapeEverySeconds)];
  const telling = setInterval(() => tell?.(`${(victim.residentBytes() / 1e6).toFixed(0)} MB`), tellEverySeconds * 1000);
  await deed;
  isOver = true;
  clearInterval(telling);
  await Promise.all(asking);
  return { healthySeconds: longest["/-/healthy"], scrapeSeconds: longest["/metrics"], mostBytes, trouble };
}
