import fc from 'fast-check';
import {
  conversationExpiry,
  conversationKey,
  FORGOTTEN,
  isConversationOf,
  newConversationId,
  turnKey,
} from '../../contract/conversation';

const caller = fc.stringMatching(/^[A-Za-z0-9_.@|:-]{0,128}$/);

describe('a conversation’s id', () => {
  it('is known as its caller’s, and as nobody else’s', () => {
    fc.assert(
      fc.property(caller, caller, (mine, other) => {
        fc.pre(mine !== other);
        const id = newConversationId(mine);
        expect([isConversationOf(mine, id), isConversationOf(other, id)]).toEqual([true, false]);
      }),
    );
  });

  it('is another each time', () => {
    const ids = Array.from({ length: 1_000 }, () => newConversationId('shop'));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is of one form, and fits into a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), caller, (text, of) => {
        expect(isConversationOf(of, text)).toBe(false);
        expect(encodeURIComponent(newConversationId(of))).toMatch(/^[A-Za-z0-9_-]{28}$/);
      }),
    );
  });

  it('finds nothing of another’s, also where somebody has made up its tag', () => {
    fc.assert(
      fc.property(caller, caller, fc.string(), (mine, other, id) => {
        fc.pre(mine !== other);
        expect(conversationKey(mine, id)).not.toBe(conversationKey(other, newConversationId(other)));
      }),
    );
  });
});

it('turns are read by their time, and behind them all that a conversation was forgotten', () => {
  const times = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(times, times, (one, other) => {
      const [first, second] = [one, other].map((time) => turnKey(time.toISOString(), 'request='));
      expect((first ?? '') < (second ?? '')).toBe(one < other);
      expect((first ?? '') < FORGOTTEN).toBe(true);
    }),
  );
});

it('a turn is kept for whole days', () => {
  expect(conversationExpiry(Date.parse('2026-11-26T12:00:00.001Z'), 30)).toBe(
    Date.parse('2026-12-26T12:00:01Z') / 1_000,
  );
});
