import { OPERATOR } from '@assistant/emulator/run';
import { readGraphs } from '../../dashboard/graphs';
import { sampleDashboard } from './sample-dashboard';

it('names the region whose metrics are not read', async () => {
  const { dashboard, time } = sampleDashboard();
  const graph = {
    ...{ type: 'metric', x: 0, y: 0, width: 12, height: 6 },
    properties: { metrics: [['assistant', 'Answers', { region: 'us-west-2' }]], region: 'us-east-1' },
  } as unknown as (typeof dashboard.body.widgets)[number];
  const one = { ...dashboard, body: { ...dashboard.body, widgets: [graph] } };
  // Nobody listens there.
  const away = { endpoint: 'http://127.0.0.1:1', region: 'us-east-1', credentials: OPERATOR };
  await expect(readGraphs(one, time, away)).rejects.toThrow(
    /^No metric of us-west-2 was read\. The service did not answer .* by --region\.$/,
  );
});
