import { readDatagram } from '../../../services/xray/document';

const HEADER = '{"format": "json", "version": 1}';
const SUBSEGMENT = {
  type: 'subsegment',
  trace_id: '1-67891233-abcdef012345678912345678',
  id: '463ac35c9f6413ad',
  parent_id: '463ac35c9f6413ae',
  name: 'chat us.amazon.nova-2-lite-v1:0',
  start_time: 1_700_000_000.5,
  end_time: 1_700_000_001,
};

const read = (document: object, header = HEADER) =>
  readDatagram(Buffer.from(`${header}\n${JSON.stringify(document)}`));

describe('a datagram for X-Ray’s daemon', () => {
  it('is a subsegment', () => {
    expect(read(SUBSEGMENT)).toEqual(SUBSEGMENT);
  });

  it('loses annotations by keys that X-Ray does not know', () => {
    const annotations = { 'gen_ai.request.model': 'nova', tier: 1, 'my key': true, 'a-b': 'c' };
    expect(read({ ...SUBSEGMENT, annotations })).toMatchObject({
      annotations: { 'gen_ai.request.model': 'nova', tier: 1 },
    });
    expect(
      Object.keys((read({ ...SUBSEGMENT, annotations }) as { annotations: object }).annotations),
    ).toHaveLength(2);
  });

  it.each<[string, object]>([
    ['more than 64 kB', { ...SUBSEGMENT, metadata: { default: { text: 'x'.repeat(64_000) } } }],
    ['a name with other signs', { ...SUBSEGMENT, name: 'chat <nova>' }],
    ['a name of more than 200', { ...SUBSEGMENT, name: 'x'.repeat(201) }],
    ['an id of another length', { ...SUBSEGMENT, id: '463ac35c' }],
    ['a trace of its own kind', { ...SUBSEGMENT, trace_id: 'my trace' }],
    ['no parent', { ...SUBSEGMENT, parent_id: undefined }],
    ['no end', { ...SUBSEGMENT, end_time: undefined }],
    ['an end, and none', { ...SUBSEGMENT, in_progress: true }],
    ['an annotation that is a list', { ...SUBSEGMENT, annotations: { reasons: ['end_turn'] } }],
    ['a list', [SUBSEGMENT]],
  ])('is refused with %s, without a word of what is in it', (_, document) => {
    const refused = read(document);
    expect(typeof refused).toBe('string');
    expect(refused).not.toMatch(/nova|xxx|my trace/);
  });

  it.each(['', '{"format": "xml", "version": 1}', '{"format": "json"}'])(
    'is refused with the header %j',
    (header) => {
      expect(typeof read(SUBSEGMENT, header)).toBe('string');
    },
  );

  it('is refused where it is no JSON', () => {
    expect(typeof readDatagram(Buffer.from(`${HEADER}\n{"name":`))).toBe('string');
  });
});
