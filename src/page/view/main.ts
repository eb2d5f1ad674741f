/** The live page: puts it together and connects it. */
import "uplot/dist/uPlot.min.css";
import "./style.css";
import type { HostAnswer } from "../../api/answers.ts";
import { parseAddress } from "../logic/address.ts";
import { timesIn } from "../logic/format.ts";
import { liveMs } from "../logic/range.ts";
import { Actions, type PagePart, storedHidden } from "./actions.ts";
import { AlertsTab } from "./alertsTab.ts";
import { ArchivesTab } from "./archivesTab.ts";
import { CaptureDialog } from "./captureDialog.ts";
import { Compare } from "./compare.ts";
import { followComparison } from "./compareSource.ts";
import { h, set, setText } from "./dom.ts";
import { Feed } from "./feed.ts";
import { Header } from "./header.ts";
import { HeadlineView } from "./headline.ts";
import { listenToKeys } from "./keys.ts";
import { Loader } from "./loader.ts";
import { LogTab } from "./logTab.ts";
import { Model } from "./model.ts";
import { Now } from "./now.ts";
import { SearchView } from "./search.ts";
import { SpikesTab } from "./spikesTab.ts";
import { Tabs } from "./tabs.ts";
import { Timeline } from "./timeline.ts";
import { Toolbar } from "./toolbar.ts";
import { Who } from "./who.ts";

/** The overview grows too slowly to be drawn anew every second. */
const overviewEveryBeats = 60;
/** While something fires, or the triggers are looked at, their figures are asked for. */
const triggersEveryBeats = 5;

start();

function start(): void {
  const { address, problems, namesTab } = parseAddress(location.search);
  const model = new Model(address, address.hidden ?? storedHidden(), timesIn());
  const loader = new Loader(model);
  const actions = new Actions(model, loader, (part) => reveal(parts[part]));
  const capture = new CaptureDialog(model, loader);
  let isOpen = false;
  const feed = new Feed(model, {
    onHost(host) {
      model.patch({ host });
      if (!isOpen) actions.open(host.live);
      isOpen = true;
      void loader.refresh();
    },
    onSecond: (second) => loader.take(second),
    onState: (state) => loader.takeState(state),
  });
  const { dialog, help } = listenToKeys(actions);
  const header = new Header(model, { retry: () => feed.retry(), help, capture: () => capture.open() });
  const above = [new HeadlineView(model, actions), new Now(model)].map(({ element }) => element);
  const timeline = h(
    "section",
    { class: "time", "aria-label": "Timeline" },
    new Toolbar(model, actions).element,
    new SearchView(model, actions).element,
    new Timeline(model, actions).element,
  );
  const tabs = new Tabs(model, actions, {
    spikes: new SpikesTab(model, actions),
    archives: new ArchivesTab(model, () => capture.open()),
    log: new LogTab(model),
    alerts: new AlertsTab(model, actions),
  });
  const compare = new Compare(model, actions);
  const parts: Readonly<Record<PagePart, HTMLElement>> = { timeline, tabs: tabs.element, compare: compare.element };
  const misread =
    problems.length === 0
      ? undefined
      : h("p", { class: "misread", role: "status" }, `The address was not understood in full: ${problems.join("; ")}.`);
  const notes = h("p", { class: "misread", role: "status", hidden: true });
  const main = h(
    "main",
    {},
    misread,
    notes,
    above,
    compare.element,
    h("div", { class: "columns" }, timeline, new Who(model, actions).element),
    tabs.element,
  );
  const metricsLink = h("a", { href: "metrics" }, "Metrics");
  const foot = h("footer", { class: "foot" }, h("a", { href: "about" }, "About"), metricsLink, h("a", { href: "archives" }, "Archives"));
  document.getElementById("app")?.append(header.element, main, foot, dialog, capture.element);
  model.touch();
  feed.retry();
  keepAtInView(model, actions);
  followComparison(model);
  if (namesTab) revealOnce(model, tabs.element);
  model.subscribe(({ beat, host, triggers, address: { tab } }, changed) => {
    if (changed.has("host")) tellNotes(host, foot, notes);
    if (changed.has("host") && host !== undefined) set(metricsLink, { href: host.telemetryPath.replace(/^\//, "") || "./" });
    if (changed.has("beat") && beat % overviewEveryBeats === 0 && host?.live === true && !document.hidden) {
      void loader.loadOverview();
      void loader.loadHour();
    }
    const areTriggersShown = tab === "alerts" || triggers.some(({ state }) => state === "firing");
    if (changed.has("beat") && beat % triggersEveryBeats === 0 && host?.live === true && areTriggersShown) void loader.loadTriggers();
  });
}

/** A pinned moment that the live window has left behind is kept: as a range around it. */
function keepAtInView(model: Model, actions: Actions): void {
  model.subscribe(({ address, range, host }, changed) => {
    if (!changed.has("revision") || range !== undefined || host?.live !== true || address.at === undefined) return;
    if (address.at < model.nowMs - liveMs) actions.keep(address.at);
  });
}

/** Brings a part of the page into view. */
function reveal(part: HTMLElement): void {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  part.scrollIntoView({ block: "start", behavior: isCalm ? "auto" : "smooth" });
}

/** As soon as what stands above it has its height. */
function revealOnce(model: Model, part: HTMLElement): void {
  let isDone = false;
  model.subscribe(({ isLoading, areSpikesKnown }) => {
    if (isDone || isLoading || !areSpikesKnown) return;
    isDone = true;
    part.scrollIntoView({ block: "start" });
  });
}

/** A recording has nothing of what the foot leads to. */
function tellNotes(host: HostAnswer | undefined, foot: HTMLElement, notes: HTMLElement): void {
  const known = host?.notes ?? [];
  set(foot, { hidden: host?.live === false });
  set(notes, { hidden: known.length === 0 });
  setText(notes, known.map((note) => `Note: ${note}.`).join(" "));
}
