// The look of the HTML report: one column, light, dark on screens that ask for it, A4 in print.

/** Any text as a CSS string: everything but plain letters and digits is escaped. */
export const cssString = (text: string): string =>
  `"${[...text.slice(0, 80)].map((char) => (/[A-Za-z0-9 ]/.test(char) ? char : `\\${char.codePointAt(0)!.toString(16)} `)).join('')}"`;

export const style = (caseName: string, toolVersion: string): string => `
:root { color-scheme: light; --ink: #16191d; --soft: #545b64; --line: #cfd4da; --page: #fff; --tint: #f4f5f7; --accent: #0060a0;
  --critical: #d55e00; --high: #e69f00; --medium: #f0e442; --low: #56b4e9; --informational: #c3c8ce; --volume: #9aa3ad; --warn: #d55e00; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --ink: #e4e7eb; --soft: #a3abb5; --line: #3a424c; --page: #14171b; --tint: #1e2329; --accent: #7cc4f5; --volume: #6b7682; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.5rem 4rem; background: var(--page); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 2.4rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; }
h4 { font-size: .95rem; margin: 1rem 0 .3rem; }
p { margin: .4rem 0; }
ul, ol { margin: .4rem 0; padding-left: 1.4rem; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
code, pre, .mono { font-family: ui-monospace, "Cascadia Mono", "Liberation Mono", "DejaVu Sans Mono", Menlo, monospace; font-size: .86em; }
code { overflow-wrap: anywhere; }
small, .soft { color: var(--soft); font-size: .86em; }
small { overflow-wrap: anywhere; }
.none { color: var(--soft); }
.cover { border-bottom: 3px solid var(--ink); padding-bottom: 1rem; }
.cover dl, dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .8rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
nav ol { columns: 2; list-style: none; padding: 0; }
table { width: 100%; border-collapse: collapse; margin: .6rem 0 1rem; font-size: .88em; }
caption { text-align: left; font-weight: 600; padding: .2rem 0; }
th, td { text-align: left; vertical-align: top; padding: .22rem .5rem .22rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.time, .time { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 1rem; }
.whole { white-space: nowrap; }
td.text, .text { overflow-wrap: anywhere; min-width: 12rem; }
table.wide td small { display: block; }
.level { display: inline-block; padding: 0 .4em; border-radius: 3px; color: #111; font-size: .82em; font-weight: 700; white-space: nowrap;
  border: 1px solid rgb(0 0 0 / .35); }
.level.critical { background: var(--critical); } .level.high { background: var(--high); } .level.medium { background: var(--medium); }
.level.low { background: var(--low); } .level.informational { background: var(--informational); }
.state { font-weight: 600; }
.finding { border-left: 4px solid var(--line); padding: 0 0 .3rem .9rem; margin: 1.4rem 0; }
.finding.critical { border-color: var(--critical); } .finding.high { border-color: var(--high); } .finding.medium { border-color: var(--medium); }
.finding.low { border-color: var(--low); } .finding.informational { border-color: var(--informational); }
.finding h3 { margin: 0 0 .3rem; }
.finding dl { margin: .3rem 0; gap: 0 1rem; font-size: .92em; }
ol.lines { list-style: none; padding: 0; margin: .4rem 0; }
ol.lines > li { margin: 0 0 .35rem; }
ol.lines .place { color: var(--soft); font-size: .8em; overflow-wrap: anywhere; }
ol.lines .place b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
pre { margin: .1rem 0; padding: .25rem .5rem; background: var(--tint); white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 3px; }
.skipped { color: var(--soft); font-size: .8em; }
figure { margin: .8rem 0 1.2rem; }
figcaption { font-weight: 600; font-size: .88em; }
svg { display: block; width: 100%; height: auto; color: var(--ink); }
svg text { font: 11px system-ui, "Liberation Sans", Arial, sans-serif; fill: var(--ink); }
svg .soft { fill: var(--soft); } svg .tag { fill: var(--ink); paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; } svg .grid { stroke: var(--line); stroke-width: 1; } svg .volume { fill: var(--volume); } svg .warn { fill: var(--warn); }
svg .mark { stroke: #111; stroke-width: .7; } svg .span { stroke-width: 3; opacity: .75; }
svg .critical { fill: var(--critical); } svg .high { fill: var(--high); } svg .medium { fill: var(--medium); } svg .low { fill: var(--low); }
svg .informational { fill: var(--informational); }
svg .span.critical { stroke: var(--critical); } svg .span.high { stroke: var(--high); } svg .span.medium { stroke: var(--medium); }
svg .span.low { stroke: var(--low); } svg .span.informational { stroke: var(--informational); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .82em; color: var(--soft); }
.inventory { line-height: 1.25; font-size: .82em; } .inventory td.text { width: 74%; }
.inventory code { font-size: .9em; }
details { margin: .3rem 0; }
summary { cursor: pointer; }
.appendix pre { font-size: .74em; line-height: 1.3; }
@page { size: A4; margin: 17mm 14mm 16mm;
  @top-left { content: ${cssString(caseName)}; font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; }
  @top-right { content: ${cssString(`Tidemark ${toolVersion}`)}; font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; } }
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  h2 { break-after: avoid; } h3, h4, caption, .finding > h3, .finding dl { break-after: avoid; }
  tr, ol.lines > li, figure, table.short { break-inside: avoid; }
  thead { display: table-header-group; }
  a { color: inherit; }
  section.part { break-before: page; }
  section.part > h2 { margin-top: 0; }
  .rule summary { font-size: 8pt; break-after: avoid; }
  details::details-content { content-visibility: visible !important; display: block !important; block-size: auto !important; }
  summary { list-style: none; }
  .appendix pre { font-size: 6pt; background: none; padding: 0; }
  .appendix .rule { columns: 2; column-gap: 6mm; }
  table { font-size: 8pt; } table.inventory { font-size: 7pt; line-height: 1.2; } .inventory td { padding: .1rem .5rem .1rem 0; } .lines pre { font-size: 7.4pt; }
}
`;
