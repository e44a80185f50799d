import type { PrimaryRow } from '../../../benchmark/compare/compare';
import { doubtsOf } from '../../../finetune/promote/evidence';

const row = (name: string, verdict: PrimaryRow['verdict']) =>
  ({ metric: { name, unit: 'share', better: 'higher' }, verdict }) as const;
const QUALITY = 'expectations met';

it.each<[string, readonly ReturnType<typeof row>[], readonly string[]]>([
  ['is shown better, and nowhere worse', [row('latency p50', 'within noise'), row(QUALITY, 'better')], []],
  ['is no better beyond noise', [row(QUALITY, 'within noise')], ['expectations met: within noise']],
  ['was asked too little', [row(QUALITY, 'too few answers')], ['expectations met: too few answers']],
  ['is worse', [row(QUALITY, 'worse')], ['expectations met is worse']],
  [
    'is better, and fails more often',
    [row(QUALITY, 'better'), row('throttled or failed', 'worse')],
    ['throttled or failed is worse'],
  ],
  [
    'was asked for nothing in particular',
    [row('latency p50', 'better')],
    ['no question says what is expected of its answer (expect)'],
  ],
])('a tuned model that %s', (_, rows, doubts) => {
  expect(doubtsOf(rows)).toEqual(doubts);
});
