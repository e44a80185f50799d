import type { JudgedResult } from '../result-file';
import { html, Html } from './html';
import { costQualitySection } from './section/cost-quality-section';
import { failureSection } from './section/failure-section';
import { headSection } from './section/head-section';
import { latencySection } from './section/latency-section';
import { qualitySection } from './section/quality-section';
import { STYLE } from './style';

/** Nothing is loaded from anywhere and nothing runs, whatever stands in a model's name or an answer. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The report as one page, which needs no network and no script. */
export function htmlReport(result: JudgedResult): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>Benchmark ${result.startedAt}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        ${headSection(result)}
        <main>
          ${latencySection(result)} ${costQualitySection(result)} ${failureSection(result)}
          ${qualitySection(result)}
        </main>
      </body>
    </html> `.markup;
}
