import { CallLog } from '../../../services/bedrock-runtime/bedrock';

describe('CallLog', () => {
  it('remembers the last 50 calls and counts all', () => {
    const log = new CallLog();
    for (let at = 1; at <= 51; at += 1) log.record({ at, modelId: 'm', caller: 'c', request: {} });
    const { byModel, last } = log.calls();
    expect([byModel.m, last.length, last[0]?.at, last.at(-1)?.at]).toEqual([51, 50, 2, 51]);
  });
});
