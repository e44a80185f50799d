import { type Problem, type ProblemKind, ProblemLog } from '../../../finetune/dataset/problem';

const problem = (kind: ProblemKind, line: number): Problem => ({ kind, line, path: '$', detail: 'is wrong' });
const listed = (log: ProblemLog) => log.listed().map(({ kind, line }) => `${line} ${kind}`);

describe('the problems that are listed', () => {
  it('are the first of each kind, so that a frequent kind does not hide a rare one', () => {
    const log = new ProblemLog(3);
    for (let line = 1; line <= 9; line += 1) log.add(problem('blank-line', line));
    log.add(problem('duplicate', 10));
    expect(listed(log)).toEqual(['1 blank-line', '2 blank-line', '10 duplicate']);
    expect([log.total, log.found]).toEqual([10, { 'blank-line': 9, duplicate: 1 }]);
  });

  it('leave out what is allowed, which is counted apart', () => {
    const log = new ProblemLog(3, ['duplicate']);
    log.add(problem('duplicate', 1));
    log.add(problem('empty-text', 2));
    expect(listed(log)).toEqual(['2 empty-text']);
    expect([log.total, log.found, log.tolerated]).toEqual([1, { 'empty-text': 1 }, { duplicate: 1 }]);
  });
});
