/** How the report looks: on a phone and on a wide screen, by day and by night. Nothing is loaded from anywhere. */
import { Html } from "../../html.ts";

/** The style sheet. */
export const style = new Html(`
:root{color-scheme:light dark;--paper:#fff;--card:#f6f7f9;--ink:#1b1f24;--soft:#59636e;--line:#d5dae0;--mark:#cf222e;--spike:#cf222e22;--up:#b3261e;--down:#1a7f37}
@media (prefers-color-scheme:dark){:root{--paper:#0f1216;--card:#181c22;--ink:#e6e9ed;--soft:#9aa4af;--line:#2f3640;--mark:#ff7b72;--spike:#ff7b7226;--up:#ff8a80;--down:#56d364}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:1160px;margin:0 auto;padding:16px}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 4px}
h2{font-size:1.1rem;margin:28px 0 8px}
.soft,small,figcaption span{color:var(--soft);font-size:.86rem}
.verdict{font-size:1.12rem;border-left:4px solid var(--mark);background:var(--card);padding:10px 14px;margin:14px 0}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:14px}
.charts .wide{grid-column:1/-1}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
figcaption{display:flex;flex-wrap:wrap;gap:2px 12px;justify-content:space-between;font-weight:600;margin-bottom:8px}
figcaption span{font-weight:400}
.plot{position:relative;height:130px;margin:0 0 22px 58px}
.wide .plot{height:210px}
.plot svg{display:block;width:100%;height:100%;overflow:visible}
.plot svg *{vector-effect:non-scaling-stroke}
.y,.x{position:absolute;color:var(--soft);font-size:11px;line-height:1;white-space:nowrap}
.y{right:100%;margin-right:6px;transform:translateY(-50%)}
.x{top:100%;margin-top:6px;transform:translateX(-50%)}
.x.first{transform:none}.x.last{transform:translateX(-100%)}
.grid{stroke:var(--line);stroke-width:1;fill:none}
.reference{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 4}
.onset{stroke:var(--mark);stroke-width:1.5;stroke-dasharray:5 3}
.asked{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:2 3}
.spike{fill:var(--spike)}
.mean{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.peak{fill:none;stroke-width:1;opacity:.45}
.total{stroke:var(--ink)}
.area{stroke:none;opacity:.85}
ul.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 14px;margin:0;padding:0;font-size:.82rem}
.swatch{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:5px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:10px 0}
dt{color:var(--soft)}dd{margin:0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:5px 8px;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;font-size:.8rem}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
code{font:12px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;color:var(--soft);display:block}
.bar{height:6px;border-radius:3px;background:var(--line);margin-top:4px;min-width:60px}
.bar i{display:block;height:100%;border-radius:3px;background:var(--mark)}
.up{color:var(--up)}.down{color:var(--down)}
footer{margin:32px 0 8px;color:var(--soft);font-size:.84rem}
@media (max-width:520px){main{padding:12px 10px}th,td{padding:5px 4px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:6px}.plot{margin-left:54px}th.n{white-space:normal}code{display:-webkit-box;-webkit-line-clamp:4;-webkit-box-orient:vertical;overflow:hidden}.x.inner{display:none}.n{font-size:.84rem}}
`);
