import { layOut } from '../../command/layout';
import { begunAt, traceTree, treeLines } from '../../trace/trace-tree';

const at = (start_time: number, end_time?: number) => ({
  start_time,
  ...(end_time !== undefined && { end_time }),
});

/** A stream that fell back, as X-Ray's BatchGetTraces tells it; the order of its segments is not known. */
const SEGMENTS = [
  {
    ...{ id: 'lambda', parent_id: 'integration', name: 'assistant-chat', origin: 'AWS::Lambda' },
    ...at(100.02, 100.9),
    http: { response: { status: 200 } },
  },
  {
    ...{ id: 'guess', parent_id: 'second', name: 'chat nova', inferred: true },
    ...at(100.5, 100.8),
  },
  {
    ...{ id: 'function', parent_id: 'lambda', name: 'assistant-chat', origin: 'AWS::Lambda::Function' },
    ...at(100.03, 100.9),
    subsegments: [
      {
        ...{ id: 'second', name: 'chat nova', namespace: 'remote' },
        ...at(100.5, 100.8),
        annotations: {
          'gen_ai.response.time_to_first_chunk': 0.12,
          'gen_ai.usage.input_tokens': 7,
          'gen_ai.usage.output_tokens': 40,
        },
        metadata: { default: { 'gen_ai.response.finish_reasons': ['end_turn'] } },
      },
      {
        ...{ id: 'first', name: 'chat claude', namespace: 'remote', fault: true },
        ...at(100.1, 100.4),
        annotations: { 'error.type': 'connection_lost' },
      },
    ],
  },
  {
    ...{ id: 'api', name: 'assistant-api/live', origin: 'AWS::ApiGateway::Stage' },
    ...at(100, 101),
    http: {
      request: { method: 'POST', url: 'https://assistant.example.com/stream' },
      response: { status: 200 },
    },
    subsegments: [{ ...{ id: 'integration', name: 'Lambda', namespace: 'aws' }, ...at(100.01, 100.95) }],
  },
];

const trace = (segments: readonly object[]) => ({
  Segments: segments.map((segment) => ({ Document: JSON.stringify(segment) })),
});

describe('a trace', () => {
  it('is a tree of who called whom, in the order of time; calls that are told of on both sides are one', () => {
    expect(begunAt(trace(SEGMENTS))).toBe('1970-01-01T00:01:40.000Z');
    expect(traceTree(trace(SEGMENTS))).toMatchObject([
      {
        name: 'assistant-api/live',
        at: 0,
        took: 1_000,
        request: 'POST /stream',
        status: 200,
        parts: [
          {
            name: 'assistant-chat',
            at: 30,
            took: 870,
            parts: [
              { name: 'chat claude', at: 100, took: 300, failure: 'connection_lost', parts: [] },
              {
                name: 'chat nova',
                attributes: { 'gen_ai.response.finish_reasons': ['end_turn'] },
                parts: [],
              },
            ],
          },
        ],
      },
    ]);
  });

  it('is printed with times, 80 columns wide', () => {
    expect(layOut(treeLines(traceTree(trace(SEGMENTS))), 80)).toEqual([
      '     +0    1000 ms  assistant-api/live: POST /stream, 200',
      '    +30     870 ms    assistant-chat',
      '   +100     300 ms      chat claude: FAILED: connection_lost',
      '   +500     300 ms      chat nova: first sign after 120 ms, 7 + 40 tokens',
    ]);
    const long = {
      ...at(0, 1),
      id: 'a',
      name: 'chat arn:aws:bedrock:us-east-1:123456789012:model/'.repeat(3),
    };
    const [first, ...others] = layOut(treeLines(traceTree(trace([long]))), 80);
    expect(first).toMatch(/^ {5}\+0 {4}1000 ms {2}chat arn:\S+$/);
    for (const line of others) expect(line).toMatch(/^ {22}\S{1,58}$/);
  });

  it.each([
    [{ throttle: true, error: true }, 'throttled'],
    [{ fault: true }, 'fault'],
    [{ error: true }, 'error'],
    [{}, undefined],
  ])('says of %j: %s', (flags, failure) => {
    const [node] = traceTree(trace([{ ...at(0, 1), id: 'a', name: 'a', ...flags }]));
    expect(node?.failure).toBe(failure);
  });

  it('shows a path, which anybody may have written, without what a terminal would do', () => {
    const request = { method: 'GET', url: 'https://assistant.example.com/\u009b2J\u001b]0;x\u0007\u202e/y' };
    const [node] = traceTree(trace([{ ...at(0, 1), id: 'a', name: 'a', http: { request } }]));
    expect(node?.request).toBe('GET /%C2%9B2J%1B]0;x%07%E2%80%AE/y');
  });

  it('that others have begun, or that is not over, is shown as far as it is known', () => {
    const parts = traceTree(trace([{ ...at(5), id: 'a', parent_id: 'elsewhere', name: 'a' }]));
    expect(parts).toMatchObject([{ name: 'a', took: null }]);
    expect(layOut(treeLines(parts), 80)).toEqual(['     +0  under way  a']);
    expect(traceTree({})).toEqual([]);
    expect(begunAt({})).toBe('an unknown time');
  });
});
