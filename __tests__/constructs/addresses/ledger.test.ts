import { readFileSync } from 'node:fs';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Testing } from 'cdktf';
import { BaseStack } from '../../../constructs/base-stack';
import { EVERYTHING } from '../../support/everything';
import { shippedConfig, synthesize } from '../../support/synthesize';
import { LEDGER_FILE, problems, readSynthesized, updated, type Ledger, type Synthesized } from './ledger';

const TABLE = 'aws_dynamodb_table.assistant_circuits';
const RENAMED = 'aws_dynamodb_table.assistant_breakers';
const CHECK = 'aws_route53_health_check.assistant_models';

const LEDGER: Ledger = {
  regional: [TABLE],
  onlyPrimary: { [CHECK]: 'only it needs one' },
  conversations: ['aws_dynamodb_table.turns'],
  mlops: ['aws_s3_bucket.training'],
  optional: [],
  gone: {},
};

const synthesized = (regional: readonly string[], moved: readonly string[] = []): Synthesized => ({
  addresses: {
    primary: [...regional, CHECK],
    secondary: regional,
    conversations: LEDGER.conversations,
    mlops: LEDGER.mlops,
  },
  withEverything: [],
  moved,
});

describe('the ledger of state addresses', () => {
  it('has what is synthesized as shipped and with all that can be had, and a reason for whatever is no longer', () => {
    const [app, everything] = [synthesize(), synthesize(EVERYTHING)];
    const ledger = JSON.parse(readFileSync(LEDGER_FILE, 'utf8')) as Ledger;
    const found = problems(ledger, readSynthesized(app, everything));
    for (const each of [app, everything]) each.remove();
    expect(found).toEqual([]);
    expect(ledger.optional.join()).toMatch(/wafv2_web_acl.*/);
  });

  it('is content with what it has', () => {
    expect(problems(LEDGER, synthesized([TABLE]))).toEqual([]);
  });

  it.each([
    { change: 'something is new', now: synthesized([TABLE, RENAMED]), after: { regional: [RENAMED, TABLE] } },
    {
      change: 'something is moved',
      now: synthesized([RENAMED], [TABLE]),
      after: { regional: [RENAMED] },
    },
  ])('asks for no reason where $change, but to be brought up to date', ({ now, after }) => {
    expect(problems(LEDGER, now)).toEqual([expect.stringContaining('npm run addresses')]);
    expect(updated(LEDGER, now)).toEqual({ ...LEDGER, ...after });
    expect(problems(updated(LEDGER, now), now)).toEqual([]);
  });

  it('asks for a reason, again and again, where something is renamed and not moved', () => {
    const now = synthesized([RENAMED]);
    const asked = expect.stringContaining(`moveFromId('${TABLE}')`) as string;
    expect(problems(LEDGER, now)[0]).toEqual(asked);
    const next = updated(LEDGER, now);
    expect(problems(next, now)).toEqual([asked]);
    expect(problems({ ...next, gone: { [TABLE]: 'it was never deployed' } }, now)).toEqual([]);
  });

  it('takes one reason for all of a type', () => {
    const ledger = { ...LEDGER, gone: { 'aws_dynamodb_table.*': 'circuits are kept elsewhere' } };
    expect(updated(ledger, synthesized([]))).toEqual({ ...ledger, regional: [] });
  });

  it('holds what can be had by configuration, too', () => {
    const now = { ...synthesized([TABLE]), withEverything: [TABLE, RENAMED] };
    const next = updated(LEDGER, now);
    expect(next).toEqual({ ...LEDGER, optional: [RENAMED] });
    expect(problems(next, synthesized([TABLE]))[0]).toContain(`moveFromId('${RENAMED}')`);
  });

  it('forgets a reason once what was gone is there again', () => {
    const ledger = { ...LEDGER, gone: { [RENAMED]: 'no longer needed' } };
    expect(updated(ledger, synthesized([TABLE, RENAMED])).gone).toEqual({});
  });

  it('asks why the primary has something alone, and takes nothing of the secondary alone', () => {
    const { addresses } = synthesized([TABLE]);
    const now = (primary: readonly string[], secondary: readonly string[]): Synthesized => ({
      addresses: { ...addresses, primary, secondary },
      withEverything: [],
      moved: [],
    });
    expect(problems(LEDGER, now([TABLE, CHECK, RENAMED], [TABLE]))[0]).toContain('write into "onlyPrimary"');
    expect(problems(LEDGER, now([TABLE, CHECK], [TABLE, RENAMED]))[0]).toContain('in the secondary alone');
  });

  it('knows a resource as moved that names its former address', () => {
    class Stack extends BaseStack {
      constructor() {
        super(Testing.app(), 'primary', { config: shippedConfig(), region: 'us-east-1' });
        const queue = new SqsQueue(this, 'questions', { provider: this.provider });
        queue.moveFromId('aws_sqs_queue.asked');
      }
    }
    const { moved } = JSON.parse(Testing.synth(new Stack())) as { moved: object };
    expect(moved).toEqual([{ from: 'aws_sqs_queue.asked', to: 'aws_sqs_queue.questions' }]);
  });
});
