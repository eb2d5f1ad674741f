import { columns, LabelCache, type NodeCollector, single } from "./family.ts";

/** The files that scripts left; what they say is joined to all other families at the end. */
export function createTextfileCollector(): NodeCollector {
  const labels = new LabelCache("file");
  return {
    collector: "textfile",
    parts: ["textfile"],
    families({ textfile }) {
      if (textfile === undefined) return [];
      return [
        ...columns(textfile.files, (file) => labels.of(file.path), [
          {
            name: "node_textfile_mtime_seconds",
            help: "When the file was written, in seconds since 1970.",
            type: "gauge",
            value: (file) => file.modifiedSeconds,
          },
        ]),
        ...single(
          { name: scrapeErrorName, help: "1 when a file could not be used, or not all of it.", type: "gauge" },
          Number(textfile.failed),
        ),
      ];
    },
  };
}

/** The family that tells of files that could not be used. */
export const scrapeErrorName = "node_textfile_scrape_error";
