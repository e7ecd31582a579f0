/**
 * The digest of `PAGE_STYLE` for the page's policy; a test compares the two and prints the right
 * one.
 */
export const PAGE_STYLE_DIGEST = "sha256-OzIrYRtFPYgKg9kKZh5zEReKGLs5qmFwbmhAyZJOrg0=";

/**
 * The page's only style sheet: system fonts, one column, colours as variables for light, dark and
 * print. Meaning never rests on colour alone: every coloured mark stands beside its word.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf9; --ink: #1f2428; --soft: #5b6369; --line: #dedbd4; --wash: #f3f1ec;
  --pass: #1b6844; --pass-wash: #ebf4ee;
  --fail: #a8231c; --fail-wash: #fbeeec;
  --unknown: #7a5200; --unknown-wash: #fbf4e2;
  --bar: #6d8196; --bar-off: #d5d9dd;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #16191c; --ink: #e4e2dd; --soft: #a2a9af; --line: #33393e; --wash: #1f2428;
    --pass: #7dd3a6; --pass-wash: #17261f;
    --fail: #ff9f95; --fail-wash: #2d1b1a;
    --unknown: #ecc06a; --unknown-wash: #2a2315;
    --bar: #8ba3bb; --bar-off: #3b444c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1.5rem; }
body {
  margin: 0 auto; max-width: 46rem; padding: 4rem 1.5rem 5rem;
  background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
p, ul, ol, dl, table, pre { margin: 0 0 1.1rem; }
h1, h2, h3, h4 { line-height: 1.25; font-weight: 650; text-wrap: balance; }
h1 { margin: 0 0 .75rem; font-size: clamp(1.75rem, 1.3rem + 2vw, 2.5rem); letter-spacing: -.02em; }
h2 { margin: 0 0 1rem; font-size: 1.5rem; letter-spacing: -.01em; }
h3 { margin: 2.25rem 0 .75rem; font-size: 1.125rem; }
h4 { margin: 2rem 0 1rem; font-size: 1.0625rem; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .2em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 3px; }
code { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
pre { padding: .8rem 1rem; border-radius: 6px; background: var(--wash); white-space: pre-wrap; }
.word { display: inline-block; }
ul { padding-left: 1.25rem; }
li + li { margin-top: .5rem; }
.soft, .aside, footer, .when { color: var(--soft); }
.aside { display: block; margin-top: .15rem; font-size: .875rem; font-weight: 400; }
.eyebrow { margin: 0 0 .75rem; color: var(--soft); font-size: .9375rem; }
nav { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin-top: 1.5rem; font-size: .9375rem; }
section { margin-top: 4.5rem; }
section:first-child { margin-top: 2.5rem; }
footer { margin-top: 4.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: .875rem; }

.verdict { margin: 0 0 1.75rem; padding: 1.5rem 1.75rem; border: 1px solid; border-radius: 10px; }
.verdict > :last-child { margin-bottom: 0; }
.verdict h2 { display: flex; align-items: center; gap: .75rem; margin-bottom: .6rem; font-size: 1.75rem; }
.verdict .mark {
  display: grid; place-items: center; flex: none; width: 2.25rem; height: 2.25rem;
  border-radius: 50%; background: var(--tone); color: var(--paper); font-size: 1.2rem; line-height: 1;
}
.verdict.pass { --tone: var(--pass); border-color: var(--pass); background: var(--pass-wash); }
.verdict.fail { --tone: var(--fail); border-color: var(--fail); border-width: 2px; background: var(--fail-wash); }
.verdict.unknown { --tone: var(--unknown); border: 2px dashed var(--tone); background: var(--unknown-wash); }
.lead { font-size: 1.25rem; line-height: 1.45; text-wrap: pretty; }
.pass > h2, .result.pass { color: var(--pass); }
.fail > h2, .result.fail { color: var(--fail); }
.unknown > h2, .result.unknown { color: var(--unknown); }
.result { font-weight: 600; white-space: nowrap; }

.mutant { margin-bottom: 1.75rem; border: 2px solid var(--ink); border-radius: 10px; padding: 0 1.75rem .6rem; overflow: hidden; }
.mutant::before {
  content: ""; display: block; height: 14px; margin: 0 -1.75rem 1.25rem;
  background: repeating-linear-gradient(-45deg, #1f2428 0 12px, #f2b632 12px 24px);
}
.mutant .loud { margin-bottom: .5rem; font-size: 1.5rem; line-height: 1.25; font-weight: 700; }

.figures { display: grid; grid-template-columns: repeat(4, auto); gap: 1.25rem; margin: 1.75rem 0 0; padding: 1.25rem 0; border-block: 1px solid var(--line); }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures dd { margin: 0; font-size: 1.625rem; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; font-variant-numeric: tabular-nums; }

table { width: 100%; border-collapse: collapse; font-size: 1rem; line-height: 1.45; }
th, td { padding: .7rem 0 .7rem 1.25rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
th:first-child { padding-left: 0; }
thead th { padding-block: .4rem; color: var(--soft); font-size: .875rem; border-color: var(--soft); vertical-align: bottom; }
tfoot th, tfoot td { border-bottom: 0; font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.service { display: inline-block; min-width: 5.75rem; color: var(--soft); }
.bar { width: 50%; }
td.bar { position: relative; }
.bar svg { position: absolute; left: 1.25rem; top: 1.1rem; width: calc(100% - 6rem); height: .6rem; }
rect.planned { fill: var(--bar-off); }
rect.fired { fill: var(--bar); }

.scenario { margin-top: 6rem; padding-top: 2.5rem; border-top: 3px solid var(--ink); }
.scenario > h2 { font-size: 1.875rem; }

.quote { font-size: 1.125rem; }
.facts { display: grid; gap: .5rem; }
.facts > div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0 1rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
article + article { margin-top: 3.5rem; }
.story { counter-reset: step; margin: 0 0 1.75rem; padding: 0; list-style: none; }
.story li { counter-increment: step; position: relative; margin: 0; padding: 0 0 1.25rem 3.25rem; break-inside: avoid; }
.story li::before {
  content: counter(step); position: absolute; left: 0; top: 0; z-index: 1; display: grid; place-items: center;
  width: 2rem; height: 2rem; border: 1px solid var(--soft); border-radius: 50%;
  background: var(--paper); font-size: .9375rem; font-variant-numeric: tabular-nums;
}
.story li:not(:last-child)::after { content: ""; position: absolute; left: 1rem; top: 2rem; bottom: 0; border-left: 1px solid var(--line); }
.story p { margin: 0; }
.when { padding-top: .2rem; font-size: .9375rem; font-variant-numeric: tabular-nums; }
.when b { color: var(--ink); font-weight: 600; }
.chip { margin-left: .5rem; padding: .1rem .55rem; border: 1px solid var(--soft); border-radius: 99px; font-size: .8125rem; font-weight: 600; }
.story :is(.fault, .exit)::before, .story :is(.fault, .exit) .chip { border-color: var(--fail); background: var(--fail); color: var(--paper); }
.story :is(.fault, .exit)::before { font-weight: 700; }
.story .end::before { border: 2px solid var(--ink); font-weight: 700; }

@media (max-width: 34rem) {
  body { padding: 2.25rem 1.25rem 3rem; font-size: 1rem; }
  section, footer { margin-top: 3.5rem; }
  .verdict, .mutant { padding-inline: 1.25rem; }
  .mutant::before { margin-inline: -1.25rem; }
  .lead { font-size: 1.125rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  th, td { padding-left: .85rem; }
  table { font-size: .9375rem; }
  .service { display: block; }
  .bar { width: 42%; }
  .overview { font-size: .75rem; overflow-wrap: normal; }
  .overview :is(th, td) { padding-left: .35rem; white-space: normal; }
  .overview th:first-child { padding-left: 0; }
  .overview thead th { font-size: .6875rem; }
  .facts > div { grid-template-columns: 1fr; }
  .facts { gap: .75rem; }
}
@media print {
  @page { margin: 20mm 18mm; }
  :root { --paper: #fff; font-size: 9.5pt; }
  body { max-width: none; padding: 0; font-size: 1.0625rem; }
  nav { display: none; }
  tfoot { display: table-row-group; }
  section, footer { margin-top: 2.5rem; }
  .scenario { margin-top: 0; padding-top: 0; border-top: 0; break-before: page; }
  h2, h3, h4, thead, p:has(+ pre), p:has(+ table) { break-after: avoid; }
  tr, .verdict, .mutant, .figures, pre { break-inside: avoid; }
  .verdict, .mutant, .mark, .chip, pre, svg, .story li::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
