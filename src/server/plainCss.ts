/** The style of the plain pages: light or dark as the reader's system is, nothing loaded from anywhere. */
export const PLAIN_CSS = `:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --ink: #1d2126; --quiet: #5d6570; --line: #dcd9d2; --accent: #a8321f; --card: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e6e4df; --quiet: #9aa3ad; --line: #30363d; --accent: #ff8a70; --card: #1b1f24; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
p { margin: .4rem 0 .8rem; max-width: 46rem; }
a { color: var(--accent); text-underline-offset: .15em; }
code, pre, td.number { font-family: ui-monospace, monospace; font-size: .9em; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .8rem 1rem; overflow-x: auto; }
ul { padding-left: 1.2rem; }
.quiet { color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; font-size: .85rem; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.time { white-space: nowrap; }
td.text { overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin: .6rem 0; }
label { display: flex; flex-direction: column; gap: .2rem; flex: 1 1 18rem; max-width: 36rem; font-size: .9rem; color: var(--quiet); }
input { font: inherit; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: .35rem; background: var(--card); color: var(--ink); }
button { font: inherit; padding: .45rem 1rem; border: 1px solid var(--accent); border-radius: .35rem; background: var(--accent); color: var(--paper); cursor: pointer; }
button.plain { background: none; color: var(--accent); }
a:focus-visible, input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.problem { border-left: .25rem solid var(--accent); padding-left: .8rem; }
`;
