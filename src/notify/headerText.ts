/** Texts as values of HTTP headers: one line, and in the words of RFC 2047 where ASCII does not do. */
import { cleanText } from "./text.ts";

/** With `=?UTF-8?B?...?=` around it a word may have 75 characters. */
const mostBytesInWord = 45;

/** The value of a header. */
export function headerText(text: string): string {
  const line = cleanText(text);
  return isAscii(line) ? line : encodedWords(line);
}

/** Whether a text can be sent as it is. */
export function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function encodedWords(line: string): string {
  const words = [""];
  for (const point of line) {
    const word = words.at(-1) ?? "";
    if (Buffer.byteLength(word + point) <= mostBytesInWord) words[words.length - 1] = word + point;
    else words.push(point);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`).join(" ");
}
