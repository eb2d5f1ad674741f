/** The keys of the page, and what each asks for. Pure. */

/** What keys ask for. */
export type KeyAct =
  | "move"
  | "zoom"
  | "shift"
  | "week"
  | "back"
  | "unpin"
  | "live"
  | "spikes"
  | "archives"
  | "draw"
  | "view"
  | "search"
  | "filter"
  | "compareNow"
  | "compareDay"
  | "compareOther"
  | "help";

/** What a key asks for, and by how much: points of the cursor, a factor of the zoom, a share of the range. */
interface KeyCommand {
  readonly act: KeyAct;
  readonly by: number;
}

interface Key {
  readonly keys: readonly string[];
  /** As the list of keys has it. */
  readonly shown: string;
  readonly words: string;
  readonly act: KeyAct;
  readonly by?: number;
  /** By how much with Shift. */
  readonly shiftedBy?: number;
}

/** All of them, in the order of the list. */
export const keys: readonly Key[] = [
  { keys: ["ArrowLeft"], shown: "←", words: "cursor one point back (Shift: ten)", act: "move", by: -1, shiftedBy: -10 },
  { keys: ["ArrowRight"], shown: "→", words: "cursor one point forward (Shift: ten)", act: "move", by: 1, shiftedBy: 10 },
  { keys: ["+", "="], shown: "+", words: "zoom in around the cursor", act: "zoom", by: 0.5 },
  { keys: ["-"], shown: "−", words: "zoom out", act: "zoom", by: 2 },
  { keys: ["["], shown: "[", words: "earlier", act: "shift", by: -0.5 },
  { keys: ["]"], shown: "]", words: "later", act: "shift", by: 0.5 },
  { keys: ["w", "W"], shown: "w", words: "the same time last week (Shift: a week later)", act: "week", by: -1, shiftedBy: 1 },
  { keys: ["Backspace"], shown: "Backspace", words: "back to the range before, as double click does", act: "back" },
  { keys: ["Escape"], shown: "Esc", words: "let the cursor and the group go", act: "unpin" },
  { keys: ["c"], shown: "c", words: "compare the pinned moment with now, or no longer", act: "compareNow" },
  { keys: ["y"], shown: "y", words: "compare it with the same time yesterday", act: "compareDay" },
  { keys: ["x"], shown: "x", words: "go to the other moment that is compared", act: "compareOther" },
  { keys: ["l"], shown: "l", words: "live", act: "live" },
  { keys: ["s"], shown: "s", words: "list of spikes", act: "spikes" },
  { keys: ["a"], shown: "a", words: "archives", act: "archives" },
  { keys: ["g"], shown: "g", words: "charts by group, or as plain lines", act: "draw" },
  { keys: ["p"], shown: "p", words: "groups or single processes", act: "view" },
  { keys: ["/"], shown: "/", words: "search the recording for a name", act: "search" },
  { keys: ["f"], shown: "f", words: "filter the table", act: "filter" },
  { keys: ["?"], shown: "?", words: "this list", act: "help" },
];

/** A key that was pressed, and where. */
interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What has the focus: something to write in; something that arrows move in; or nothing of these. */
export type Focus = "text" | "arrows" | "page";

/** What the page is to do; undefined where the key is the browser's, or that of what has the focus. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Press, focus: Focus): KeyCommand | undefined {
  if (ctrlKey || metaKey || altKey || focus === "text") return undefined;
  if (focus === "arrows" && key.startsWith("Arrow")) return undefined;
  const found = keys.find((one) => one.keys.includes(key));
  if (found === undefined) return undefined;
  const { act, by = 0, shiftedBy = by } = found;
  return { act, by: shiftKey ? shiftedBy : by };
}
