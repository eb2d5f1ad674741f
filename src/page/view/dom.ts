/** Making elements, without a framework. */
import { visibleLines } from "../../visible.ts";

/** What an element can be given: attributes, `on...` listeners, and properties of forms. */
interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | ((event: Event) => void);
}

/** What can be put into an element. */
type Child = Node | string | undefined | readonly Child[];

/** Makes an element. A listener is given as `onclick`; `true` is an attribute without a value, `false` and `undefined` are none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  set(element, attributes);
  append(element, children);
  return element;
}

/** A cell of a table that becomes a list where there is little room: it bears its column's title. */
export function cell(title: string, attributes: Attributes, ...children: readonly Child[]): HTMLTableCellElement {
  return h("td", { ...attributes, "data-title": title }, ...children);
}

/** Makes an SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  append(element, children);
  return element;
}

/** Sets attributes and listeners. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === false || value === undefined) element.removeAttribute(name);
    else
      element.setAttribute(
        name,
        value === true ? "" : name === "title" || name === "aria-label" ? visibleLines(String(value)) : String(value),
      );
  }
}

/** Writes a text where it is not there already: a selection in it stays. */
export function setText(element: Node, text: string): void {
  const shown = visibleLines(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Puts these children in place of all others. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue;
    if (typeof child === "string") element.append(visibleLines(child));
    else if (child instanceof Node) element.append(child);
    else append(element, child);
  }
}

/** Brings the children into this order, moving none that stands right. */
export function arrange(parent: Element, wanted: readonly Element[]): void {
  let at = parent.firstElementChild;
  for (const element of wanted) {
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
  while (at !== null) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
}

const numberTitles = new Set(["Value", "Threshold", "Size"]);

/** A table that scrolls where it is too wide; `rows` have a cell for each title. */
export function table(label: string, titles: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const heads = titles.map((title) => h("th", { scope: "col", class: numberTitles.has(title) ? "number" : undefined }, title));
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    h("table", { class: "plain" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
  );
}
