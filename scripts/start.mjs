/** `npm start -- FLAGS`: Culprit in this very process, so that nothing stands beside it; it ends with the npm that started it. */
import { whenNpmIsGone } from "./lib/npmParent.mjs";

whenNpmIsGone(() => process.kill(process.pid, "SIGTERM"));
await import(new URL("../dist/src/main.js", import.meta.url).href);
