/** Colours for what is drawn on canvas: those of the stylesheet, light or dark. */

/** The colours that charts use. */
export interface Theme {
  readonly ink: string;
  readonly card: string;
  readonly quiet: string;
  readonly grid: string;
  readonly series: readonly [string, string, string];
  readonly accent: string;
  readonly accentSoft: string;
  readonly threshold: string;
  readonly void: string;
  readonly cursor: string;
}

/** Reads them from the stylesheet. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"),
    card: of("card"),
    quiet: of("quiet"),
    grid: of("grid"),
    series: [of("series-1"), of("series-2"), of("series-3")],
    accent: of("accent"),
    accentSoft: of("accent-soft"),
    threshold: of("threshold"),
    void: of("void"),
    cursor: of("cursor"),
  };
}

/** Calls back when the reader's system changes from light to dark or back. */
export function onThemeChange(callback: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}
