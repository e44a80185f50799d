import { Narrator } from '../../drill/narrator';
import { htmlReport } from '../../drill/report/page';
import { requestsPerBin, turns } from '../../drill/report/requests';
import { summaryText } from '../../drill/report/tables';
import { answered, at, drillLog, EAST, health, leadsTo, reportOf, unanswered, WEST } from './fixture';
import { textOf, widthOf } from '../terminal';

describe('the report of a drill', () => {
  it('has every request, with times from the loss', () => {
    expect(reportOf().requests).toHaveLength(7);
    expect(reportOf().requests[1]).toEqual({
      startedAfterMs: 10_000,
      endedAfterMs: 10_100,
      status: 502,
      answeredBy: null,
      error: '502 no_answer',
      retryAnsweredBy: null,
    });
    expect(reportOf()).toMatchObject({ held: true, broughtBackAfterMs: 120_000, binSeconds: 1 });
  });

  it('is one page that needs nothing from elsewhere, and names what was missed', () => {
    const page = htmlReport(reportOf(drillLog({ scenario: 'models' })));
    expect(page).toContain('<svg');
    expect(page).toContain('Missed: 1 of 3 promises.');
    expect(page).toMatch(/<title>Failover drill: models, /);
    expect(page).not.toMatch(/<script|\s(src|href)=/);
  });

  it('writes no markup that an error brought along', () => {
    const log = drillLog();
    const evil = { startedAt: at(11), first: { endedAt: at(12), error: '<b>&' } };
    const page = htmlReport(
      reportOf({ ...log, requests: [...log.requests.slice(0, 2), evil, ...log.requests.slice(2)] }),
    );
    expect(page).toContain('&#60;b&#62;&#38;');
    expect(page).not.toContain('<b>');
  });

  it('says in a terminal what was held and what was missed', () => {
    expect(textOf(summaryText(reportOf()))).toMatch(
      /held {4}every client moved to the secondary within 100 s: 88\.0 s/,
    );
    expect(widthOf(textOf(summaryText(reportOf()), 60))).toBeLessThanOrEqual(60);
    expect(textOf(summaryText(reportOf(drillLog({ scenario: 'models' }))))).toMatch(
      /MISSED {2}no request without an answer/,
    );
  });
});

describe('requests by bin', () => {
  it('are counted by who answered, from before the loss on', () => {
    const requests = [
      answered(-0.5, EAST),
      answered(0.1, EAST),
      unanswered(0.2),
      unanswered(0.9),
      answered(3, WEST),
    ];
    expect(requestsPerBin(drillLog({ requests }))).toEqual([
      { atSeconds: -1, outcomes: { 'us-east-1 primary': 1 } },
      { atSeconds: 0, outcomes: { 'us-east-1 primary': 1, 'no answer': 2 } },
      { atSeconds: 3, outcomes: { 'us-west-2 primary': 1 } },
    ]);
  });

  it('have bins of a real second', () => {
    const requests = [answered(1, EAST), answered(9, EAST), answered(11, EAST)];
    expect(requestsPerBin(drillLog({ requests, speed: 10 })).map(({ atSeconds }) => atSeconds)).toEqual([
      0, 10,
    ]);
  });
});

describe('turns', () => {
  it('are requests in a row with the same outcome', () => {
    const requests = [answered(1, EAST), answered(2, EAST), answered(3, EAST, 'degraded'), answered(4, EAST)];
    expect(turns(requests).map(({ who, requests: count }) => [who, count])).toEqual([
      ['us-east-1 primary', 2],
      ['us-east-1 degraded', 1],
      ['us-east-1 primary', 1],
    ]);
  });
});

describe('the narrator', () => {
  it('tells each change once, in the order in which they happened', () => {
    const lines: string[] = [];
    let now = at(0);
    const narrator = new Narrator(
      () => now,
      (line) => lines.push(line.trim()),
    );
    narrator.request(answered(-2, EAST));
    narrator.begin(at(0), 'the region goes down');
    narrator.request(answered(-1, EAST));
    narrator.request(unanswered(5));
    narrator.changes([health(-9, true)]);
    narrator.request(answered(31, WEST));
    const history = [health(-9, true), health(28, false), leadsTo(28, 'secondary')];
    narrator.changes(history);
    narrator.changes(history);
    now = at(60);
    narrator.note('brought back');
    expect(lines).toEqual([
      '-2.0 s  requests: us-east-1 primary',
      '0.0 s  the region goes down',
      '5.0 s  requests: no answer: 502 no_answer (until -1.0 s: us-east-1 primary)',
      '28.0 s  health check endpoint: unhealthy (socket hang up)',
      '28.0 s  assistant.example.com leads to the secondary',
      '31.0 s  requests: us-west-2 primary (until 5.0 s: no answer: 502 no_answer)',
      '60.0 s  brought back',
    ]);
  });
});
