import { shownOf } from '../../dashboard/dashboard-command';
import { dashboardPage } from '../../dashboard/page';
import { sampleDashboard } from './sample-dashboard';

describe('the page of a dashboard', () => {
  const page = dashboardPage(sampleDashboard());

  it('begins with the alarms that are on, and has all of them in a table', () => {
    expect(page).toContain('1 of 3 alarms is on.');
    expect(page).toContain('alarm-0 in us-east-1');
    for (const state of ['ALARM', 'OK', 'not there']) expect(page).toContain(`>${state}<`);
  });

  it('names its lines, their axis and the limits, and says where there are no data, or a region is missing', () => {
    expect(page).toContain('share (right axis)');
    expect(page).toContain('Dashed: no-model-answers, 0.5 (right axis).');
    expect(page).toContain('us-west-2 was not reached.');
    expect(page.match(/There are no data\./g)).toHaveLength(1);
  });
});

it('is told to programs with times as other commands tell them', () => {
  const [graph] = sampleDashboard().graphs;
  expect(graph && shownOf(graph)).toMatchObject({
    title: 'Do callers get answers?',
    lines: [
      { label: 'answers' },
      {
        ...{ label: 'share', axis: 'right' },
        points: [
          { at: '2026-11-26T11:57:00.000Z', value: 0.25 },
          { at: '2026-11-26T11:58:00.000Z', value: 1 },
        ],
      },
    ],
  });
});
