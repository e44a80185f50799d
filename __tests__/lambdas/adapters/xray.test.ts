import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { sampledTrace } from '../../../lambdas/adapters/environment';
import { createTracer, subsegment } from '../../../lambdas/adapters/xray';
import type { ModelCall } from '../../../lambdas/tier/telemetry';

const ROOT = '1-67891233-abcdef012345678912345678';
const PARENT = '463ac35c9f6413ad';
const TRACE = { root: ROOT, parent: PARENT };
const CALL: ModelCall = { model: 'us.amazon.nova', tier: 'primary', attempt: 1, began: 1_000 };
const REPLY = { stopReason: 'end_turn', usage: { inputTokens: 7, outputTokens: 3 } };

afterEach(() => {
  delete process.env._X_AMZN_TRACE_ID;
});

describe('a request is recorded', () => {
  it.each([
    [`Root=${ROOT};Parent=${PARENT};Sampled=1`, TRACE],
    [`Sampled=1;Parent=${PARENT};Root=${ROOT};Lineage=1:abcd:0`, TRACE],
    [`Root=${ROOT};Parent=${PARENT};Sampled=0`, undefined],
    [`Root=${ROOT};Parent=${PARENT}`, undefined],
    [`Root=${ROOT};Sampled=1`, undefined],
    [`Root=1-my-text;Parent=${PARENT};Sampled=1`, undefined],
    [`Root=${ROOT}0;Parent=${PARENT};Sampled=1`, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('by the header %s: %j', (header, expected) => {
    expect(sampledTrace(header)).toEqual(expected);
  });
});

describe('a call of a model', () => {
  it.each<[string, Partial<ModelCall>, object]>([
    [
      'that answers',
      { reply: REPLY, firstSignMs: 250 },
      {
        annotations: {
          'gen_ai.response.time_to_first_chunk': 0.25,
          'gen_ai.usage.input_tokens': 7,
          'gen_ai.usage.output_tokens': 3,
        },
        metadata: { default: { 'gen_ai.response.finish_reasons': ['end_turn'] } },
      },
    ],
    ['that fails', { failure: 'timeout' }, { fault: true, annotations: { 'error.type': 'timeout' } }],
    ['of a second attempt', { attempt: 2, failure: 'stalled' }, { fault: true, annotations: { attempt: 2 } }],
    [
      'that is throttled',
      { failure: 'throttled' },
      { error: true, throttle: true, annotations: { 'error.type': 'throttled' } },
    ],
    [
      'that its caller is to blame for',
      { failure: 'input_too_long' },
      { error: true, annotations: { 'error.type': 'input_too_long' } },
    ],
    [
      'that was spared',
      { failure: 'circuit_open', attempt: 0 },
      { error: true, annotations: { 'error.type': 'circuit_open', attempt: 0 } },
    ],
    [
      'that a guardrail answered',
      { failure: 'guardrail_intervened', reply: { ...REPLY, stopReason: 'guardrail_intervened' } },
      { error: true, metadata: { default: { 'gen_ai.response.finish_reasons': ['guardrail_intervened'] } } },
    ],
  ])('%s is a subsegment by OpenTelemetry’s names', (_, ended, expected) => {
    const document = subsegment(TRACE, { ...CALL, ...ended }, 3_500);
    expect(document).toMatchObject({
      type: 'subsegment',
      trace_id: ROOT,
      parent_id: PARENT,
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      name: 'chat us.amazon.nova',
      namespace: 'remote',
      start_time: 1,
      end_time: 3.5,
      annotations: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'aws.bedrock',
        'gen_ai.request.model': 'us.amazon.nova',
        tier: 'primary',
      },
    });
    expect(document).toMatchObject(expected);
    const flags = Object.keys(document).filter((key) => ['fault', 'error', 'throttle'].includes(key));
    expect(flags).toEqual(Object.keys(expected).filter((key) => flags.includes(key)));
  });

  it('leaves no word of what was said in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 0 }), (words, now) => {
        const text = `«${words}»`;
        const reply = { ...REPLY, text, filter: 'stopped', context: text };
        expect(JSON.stringify(subsegment(TRACE, { ...CALL, reply }, now))).not.toContain('«');
      }),
    );
  });
});

describe('the daemon', () => {
  it('is told of calls of recorded requests alone, each in a datagram of its own', async () => {
    const daemon = createSocket('udp4').bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    const trace = createTracer(`127.0.0.1:${daemon.address().port}`);
    const datagram = once(daemon, 'message');
    trace?.(CALL);
    process.env._X_AMZN_TRACE_ID = `Root=${ROOT};Parent=${PARENT};Sampled=0`;
    trace?.(CALL);
    process.env._X_AMZN_TRACE_ID = `Root=${ROOT};Parent=${PARENT};Sampled=1`;
    trace?.({ ...CALL, attempt: 2 });
    const [header, document, ...rest] = String((await datagram)[0]).split('\n');
    daemon.close();
    expect(header).toBe('{"format":"json","version":1}');
    expect(JSON.parse(document ?? '')).toMatchObject({ trace_id: ROOT, annotations: { attempt: 2 } });
    expect(rest).toEqual([]);
  });

  it('that is not there keeps nobody from anything, and one that Lambda names nowhere is told nothing', async () => {
    const daemon = createSocket('udp4').bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    const { port } = daemon.address();
    daemon.close();
    process.env._X_AMZN_TRACE_ID = `Root=${ROOT};Parent=${PARENT};Sampled=1`;
    const trace = createTracer(`127.0.0.1:${port}`);
    for (let times = 0; times < 3; times += 1) {
      expect(() => trace?.(CALL)).not.toThrow();
      await new Promise(setImmediate);
    }
    expect(createTracer(undefined)).toBeUndefined();
  });
});
