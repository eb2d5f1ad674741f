import { httpClaims } from "../support/httpClaims.ts";
import { Stage } from "./support.ts";

describe("At the door", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
    await stage.shelve("held");
  });
  afterEach(() => stage.close());

  for (const { name, hold } of httpClaims) {
    it(name, () => {
      const token = (scope: "read" | "capture" | "ingest" | "admin") => stage.tokens.get(scope) ?? "";
      const tokens = { read: token("read"), capture: token("capture"), ingest: token("ingest"), admin: token("admin") };
      return hold({ port: stage.port, tokens, archiveId: "held" });
    });
  }
});
