import assert from "node:assert/strict";
import { loadConfig } from "../../src/config.ts";
import { archiveUrl, linkNote, pageUrl } from "../../src/wiring/links.ts";

describe("Links in messages", () => {
  const links = (yaml: string) => {
    const readFile = (path: string) => {
      if (path.endsWith("culprit.yml")) return yaml;
      throw Object.assign(new Error("none"), { code: "ENOENT" });
    };
    const config = loadConfig({ argv: ["--config.file=culprit.yml"], env: {}, readFile });
    return { page: pageUrl(config, 1000.4), archive: archiveUrl(config, "a-1"), note: linkNote(config) };
  };

  it("lead where the settings say that others reach it", () => {
    assert.deepEqual(links("web: { externalUrl: https://c.example.org/culprit/ }"), {
      page: "https://c.example.org/culprit/?at=1000",
      archive: "https://c.example.org/culprit/archives/a-1.tar.gz",
      note: undefined,
    });
  });

  it("lead to the loopback where Culprit listens on nothing else, and say on which machine they work", () => {
    const { page, note } = links("identity: { names: [web1] }\nweb: { listenAddress: '127.0.0.1:10054' }");
    assert.equal(page, "http://127.0.0.1:10054/?at=1000");
    assert.equal(note, "The links work on web1 only, where Culprit listens on loopback; web.externalUrl says how others reach it.");
  });

  it("are a guess where it can be reached from elsewhere, and say so", () => {
    const { page, note } = links("identity: { names: [web1] }\nweb: { listenAddress: ['127.0.0.1:10054', ':8080'] }");
    assert.equal(page, "http://web1:8080/?at=1000");
    assert.match(note ?? "", /^The links are a guess; web\.externalUrl says/);
  });

  it("are none where the port is only chosen at the start", () => {
    assert.deepEqual(links("web: { listenAddress: '127.0.0.1:0' }"), { page: undefined, archive: undefined, note: undefined });
  });
});
