import * as fc from 'fast-check';
import { HEARD, type Kept, MAX_HAPPENINGS, MAX_LINES, NOTHING } from '../../console/page/kept';
import type { About, Happening, Line } from '../../console/picture';

const about: About = {
  project: 'shop',
  failover: { failureThreshold: 3, intervalSeconds: 10, moveSeconds: 90 },
  tools: null,
};
const line = (at: number): Line => ({ at, role: 'primary', from: 'chat', message: 'answered' });
const move = (at: number): Happening => ({ at, kind: 'dns', to: 'secondary' });

/** Some thousand events of up to 200 lines each, as a system under load tells them, with new connections between. */
const events = fc.array(
  fc.record({
    name: fc.constantFrom('lines', 'lines', 'happened', 'picture', 'hello'),
    many: fc.nat(200),
  }),
  { minLength: 100, maxLength: 1_000 },
);

it('keeps no more than its bounds however long it listens, and of everything the newest, in order', () => {
  fc.assert(
    fc.property(events, (told) => {
      let kept: Kept = NOTHING;
      let at = 0;
      const fresh = <T>(many: number, make: (at: number) => T) =>
        Array.from({ length: many }, () => make((at += 1)));
      for (const { name, many } of told) {
        const before = kept;
        if (name === 'lines') kept = HEARD.lines(kept, fresh(many, line));
        else if (name === 'happened') kept = HEARD.happened(kept, fresh(many, move));
        else if (name === 'picture') kept = HEARD.picture(kept, { speed: many });
        else kept = HEARD.hello(kept, { about, lines: fresh(many, line), happened: fresh(many, move) });
        if (kept.lines.length > MAX_LINES || kept.happened.length > MAX_HAPPENINGS) return false;
        if (name === 'lines' && many > 0) {
          const wanted = Math.min(MAX_LINES, before.lines.length + many);
          if (kept.lines.length !== wanted || kept.lines.at(-1)?.at !== at) return false;
        }
        if (kept.lines.some((each, index) => index > 0 && each.at <= (kept.lines[index - 1]?.at ?? 0)))
          return false;
      }
      return true;
    }),
    { numRuns: 20 },
  );
});

it('forgets with a new connection what the one before had told', () => {
  const earlier = HEARD.picture(HEARD.lines(NOTHING, [line(1)]), { speed: 5 });
  expect(HEARD.hello(earlier, { about, lines: [line(2)], happened: [] })).toEqual({
    ...{ about, picture: undefined, happened: [] },
    lines: [line(2)],
  });
});
