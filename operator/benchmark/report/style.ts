import { customProperties } from './palette';

/** Narrower than this, charts that were drawn for a phone replace the wide ones. */
const PHONE = '(max-width: 700px)';

export const STYLE = `
:root { color-scheme: light dark; ${customProperties('light')} }
@media (prefers-color-scheme: dark) { :root { ${customProperties('dark')} } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem; background: var(--background); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
.muted, figcaption { color: var(--muted); font-size: .875rem; }
.warning { color: var(--warning); }
.good { color: var(--good); }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .15rem 1rem; margin: 1rem 0; }
dt { color: var(--muted); } dd { margin: 0; }
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
.narrow { display: none; }
@media ${PHONE} { .wide { display: none; } .narrow { display: block; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin: 0 0 .5rem; } }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .5rem 0; padding: 0;
  font-size: .875rem; }
.legend li { display: flex; align-items: baseline; gap: .4rem; }
.legend svg { flex: none; }
.scroll { overflow-x: auto; margin: .75rem 0; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--series-1); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: .25rem; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--grid);
  overflow-wrap: normal; }
th { font-weight: 600; }
td { white-space: nowrap; }
td .interval { display: block; color: var(--muted); font-size: .8125rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--grid); font-size: .8125rem; white-space: pre-wrap; }
@media print { .scroll { overflow: visible; } }
`;
