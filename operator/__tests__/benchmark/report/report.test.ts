import { htmlReport } from '../../../benchmark/report/report';
import { verdictOf } from '../../../benchmark/report/section/head';
import { NOVA, sampleResult, SONNET } from '../sample-result';

const HOSTILE = '<script>alert("1")</script>&\'';
const behaviour = { medianMs: 800, costUsd: 0.001, met: (question: number) => question % 5 };
const models = { [SONNET]: { ...behaviour, throttled: 0.1 }, [NOVA]: behaviour };
const page = htmlReport(
  sampleResult({
    models,
    types: ['general', 'finance_deep'],
    apis: ['converse', 'converse-stream'],
    runs: 2,
  }),
);

describe('the report', () => {
  it('asks for nothing from anywhere and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)|\ssrc=|\shref=|\son\w+=/i);
    expect(page).toContain('content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"');
    // Names of XML namespaces are no addresses that are asked for.
    const addresses = page.match(/https?:\/\/[^"'<\s]+/g) ?? [];
    expect(new Set(addresses)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    );
  });

  it('has each chart in both widths, with a title and a description of its own', () => {
    const labelled = [...page.matchAll(/<svg [^>]*aria-labelledby="([^"]+)" aria-describedby="([^"]+)"/g)];
    // Latency: total by two APIs, first token by one. Cost and quality: two types by two APIs. Failures: two APIs.
    expect(labelled).toHaveLength(2 * (3 + 4 + 2));
    for (const [, title = '', description = ''] of labelled) {
      expect(page.split(`<title id="${title}">`)).toHaveLength(2);
      expect(page.split(`<desc id="${description}">`)).toHaveLength(2);
    }
  });

  it('has colours for both modes alone, so that no mark vanishes in one of them', () => {
    // The shapes that cut others off are not painted themselves.
    const drawn = page.slice(page.indexOf('<body>')).replace(/<clipPath[^]*?<\/clipPath>/g, '');
    const colours = new Set([...drawn.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour));
    for (const colour of colours) expect(colour).toMatch(/^(?:var\(--[a-z0-9-]+\)|none|transparent)$/);
  });

  it('escapes what others have named', () => {
    const result = sampleResult({
      models: { [HOSTILE]: behaviour },
      types: [HOSTILE],
      regions: [HOSTILE],
      runs: 1,
    });
    const text = htmlReport({
      ...result,
      warnings: [HOSTILE],
      prices: { ...result.prices, source: HOSTILE },
      quality: { ...result.quality, warnings: [HOSTILE] },
    });
    expect(text).not.toContain('<script');
    expect(text).not.toMatch(/alert\("1"\)/);
    expect(text).toContain('&#60;script&#62;');
  });

  it('says first, and in the tone of trouble, which models were not measured', () => {
    const result = sampleResult({ models: { [SONNET]: behaviour }, runs: 1, regions: ['us-east-1'] });
    const head = (skipped: typeof result.skipped) => verdictOf({ ...result, skipped });
    expect(head([])).toMatchObject({ tone: 'plain', text: '12 of 12 calls answered (100.0 %).' });
    const [call] = result.calls;
    if (call === undefined) throw new Error('There is no call.');
    const left = { ...call, reason: 'no-such-model' } as const;
    expect(head([{ ...left, model: 'no.such-model' }])).toMatchObject({
      tone: 'bad',
      text: '12 of 12 calls answered (100.0 %), 1 left out. Not measured: no.such-model.',
    });
    expect(head([{ ...left, region: 'us-west-2' }])).toMatchObject({
      tone: 'bad',
      text: `12 of 12 calls answered (100.0 %), 1 left out. Not measured: ${SONNET} in us-west-2.`,
    });
    expect(head([{ ...left, reason: 'spend-cap' }])).toMatchObject({ tone: 'plain' });
  });

  it('says what is missing where no price is known or nothing was answered', () => {
    const unknown = htmlReport(
      sampleResult({ models: { [SONNET]: { ...behaviour, costUsd: null } }, runs: 1 }),
    );
    expect(unknown).toMatch(/Nothing to draw: no model has both a known price/);
    const dead = htmlReport(sampleResult({ models: { [SONNET]: { ...behaviour, errors: 1 } }, runs: 1 }));
    expect(dead).toContain('Throttled and failed calls');
    expect(dead).not.toContain('Total latency');
  });
});
