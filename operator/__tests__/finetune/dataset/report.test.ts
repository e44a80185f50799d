import { reportText } from '../../../finetune/dataset/report-text';
import { estimateTrainingCost } from '../../../finetune/dataset/training-cost';
import prices from '../../../finetune/dataset/training-prices.json';
import { TUNABLE_MODELS } from '../../../../contract/tunable-models';
import { checkText, conversations, model } from './fixture';

const MICRO = model('amazon.nova-micro-v1:0:128k');

describe('the estimate of cost', () => {
  it('is tokens × epochs × the price of 1,000', () => {
    const { tokens, usd } = estimateTrainingCost(4_000_000, MICRO.id, 3);
    expect(tokens).toBe(1_000_000);
    expect(usd).toBeCloseTo(1_000 * 3 * prices.models['amazon.nova-micro-v1:0:128k'].usdPerThousandTokens);
  });

  it('is unknown where the price is', () => {
    expect(estimateTrainingCost(4_000, 'meta.unpriced', 1).usd).toBeUndefined();
    expect(estimateTrainingCost(4_000, undefined, 1).usd).toBeUndefined();
  });

  it('has prices of tunable models alone', () => {
    const tunable = TUNABLE_MODELS.map(({ id }) => id);
    expect(Object.keys(prices.models).filter((id) => !tunable.includes(id))).toEqual([]);
  });
});

describe('the report', () => {
  const text = async (content: string, epochs = 2, priced = MICRO) => {
    const report = await checkText(content, { model: priced, maxProblems: 2, format: 'detect' });
    return reportText(
      'data.jsonl',
      report,
      estimateTrainingCost(report.textBytes, report.model, epochs),
    ).join('\n');
  };

  it('says where each problem is, how many there are, and what to do', async () => {
    const lines = await text(`${conversations(9).join('\n')}\n\n\n{\n`);
    expect(lines).toContain('line 10: is blank [blank-line]\n');
    expect(lines).toContain('3 problems, of which 2 are shown:\n  2 × blank-line: Remove the line');
    expect(lines).toContain(
      'data.jsonl is not ready for training: 9 records in 12 lines, format conversation',
    );
  });

  it('says what training costs, and as of when', async () => {
    const lines = await text(conversations(9).join('\n'));
    expect(lines).toContain('data.jsonl is ready for training: 9 records in 9 lines');
    expect(lines).toMatch(
      /2 epochs × USD 0\.001 per 1,000 = about USD 0\.00\.\nPrices as of \d{4}-\d\d-\d\d, AWS/,
    );
  });

  it('says what to doubt of a file that is ready', async () => {
    const lines = await text([...conversations(9), ...conversations(1)].join('\n'));
    expect(lines).toContain('line 10: says the same as an earlier record [duplicate]');
    expect(lines).toContain('1 warning:\n  1 × duplicate: Remove the copy');
    expect(lines).toContain('is ready for training');
  });

  it('says nothing of the cost of what it has not read', async () => {
    expect(await text('prompt,completion\nA,B\n')).toMatch(/^file: is CSV \[csv\]\n[^]*limits of [^\n]*\.$/);
  });

  it('says that a price is unknown', async () => {
    const llama = model('meta.llama3-1-8b-instruct-v1:0:128k');
    expect(await text('{"prompt":"A","completion":"B"}', 1, llama)).toContain(
      `there is no price here for ${llama.id}; see https://`,
    );
  });
});
