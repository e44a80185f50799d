import { type Problem, type ProblemKind, ProblemLog } from '../../../finetune/dataset/problem';

const problem = (kind: ProblemKind, line: number): Problem => ({ kind, line, path: '$', detail: 'is wrong' });
const listed = ({ errors }: ProblemLog) => errors.listed.map(({ kind, line }) => `${line} ${kind}`);

describe('the problems that are listed', () => {
  it('are the first of each kind, so that a frequent kind does not hide a rare one', () => {
    const log = new ProblemLog(3);
    for (let line = 1; line <= 9; line += 1) log.add(problem('blank-line', line));
    log.add(problem('empty-text', 10));
    expect(listed(log)).toEqual(['1 blank-line', '2 blank-line', '10 empty-text']);
    expect(log.errors).toMatchObject({ total: 10, byKind: { 'blank-line': 9, 'empty-text': 1 } });
  });

  it('leave out warnings, which are listed and counted apart', () => {
    const log = new ProblemLog(3);
    log.add(problem('duplicate', 1));
    log.add(problem('empty-text', 2));
    expect(listed(log)).toEqual(['2 empty-text']);
    expect(log.errors.byKind).toEqual({ 'empty-text': 1 });
    expect(log.warnings).toEqual({ total: 1, byKind: { duplicate: 1 }, listed: [problem('duplicate', 1)] });
  });
});
