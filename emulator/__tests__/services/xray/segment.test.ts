import { formatTraceHeader, newTraceId, parseTraceHeader, ROOT } from '../../../services/xray/segment';

const TRACE = '1-67891233-abcdef012345678912345678';
const PARENT = '463ac35c9f6413ad';

describe('a trace header', () => {
  it.each([
    [`Root=${TRACE}`, { root: TRACE }],
    [`Root=${TRACE};Sampled=1`, { root: TRACE, sampled: true }],
    [`Root=${TRACE};Parent=${PARENT};Sampled=0`, { root: TRACE, parent: PARENT, sampled: false }],
    [`Self=1-0-0; Sampled=1 ;Root=${TRACE};Lineage=a:1`, { root: TRACE, sampled: true }],
    [`Root=${TRACE};Sampled=?`, { root: TRACE }],
    [`Root=${TRACE};Parent=my words`, { root: TRACE }],
    ['Root=my-own-id;Sampled=1', undefined],
    ['Sampled=1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is read as %j', (text, expected) => {
    expect(parseTraceHeader(text)).toEqual(expected);
  });

  it('is written as it is read', () => {
    for (const sampled of [true, false, undefined]) {
      for (const parent of [PARENT, undefined]) {
        const header = {
          root: newTraceId(),
          ...(parent && { parent }),
          ...(sampled !== undefined && { sampled }),
        };
        expect(parseTraceHeader(formatTraceHeader(header))).toEqual(header);
      }
    }
  });

  it('has a new root where there was none, which begins with the time', () => {
    const root = newTraceId();
    expect(root).toMatch(ROOT);
    expect(parseInt(root.slice(2, 10), 16) * 1_000).toBeLessThanOrEqual(Date.now());
  });
});
