/** `alert.json`: what the alert said. */
import { jsonContent } from "../making/content.ts";
import type { NowPart } from "../making/part.ts";

/** The request as it was taken from the alert; a person's request has none, and stands in the manifest. */
export const alertPart: NowPart = {
  name: "alert.json",
  when: "now",
  isPlain: true,
  async run({ request }) {
    return request.origin === "manual" ? [] : [{ name: "alert.json", content: jsonContent(request) }];
  },
};
