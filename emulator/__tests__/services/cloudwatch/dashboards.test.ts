import { dashboardFaults, readDashboards } from '../../../services/cloudwatch/dashboards';

const METRIC = ['AWS/EC2', 'CPUUtilization', 'InstanceId', 'i-012345'];
const graph = (properties: object, more: object = {}) => ({
  widgets: [
    { type: 'metric', properties: { region: 'us-east-1', metrics: [METRIC], ...properties }, ...more },
  ],
});
const of = (body: unknown) => dashboardFaults(typeof body === 'string' ? body : JSON.stringify(body));

describe('a dashboard', () => {
  it.each([
    ['no widgets', { widgets: [] }],
    ['a graph', graph({ view: 'timeSeries', period: 60, stat: 'p99', yAxis: { left: { min: 0 } } })],
    [
      'a line of its own look',
      graph({ metrics: [[...METRIC, { stat: 'Sum', yAxis: 'right', label: 'a' }]] }),
    ],
    ['a search', graph({ metrics: [[{ expression: "SEARCH('{a} b', 'Sum', 60)", id: 'e1' }]] })],
    ['a limit', graph({ annotations: { horizontal: [{ label: 'a', value: 1, yAxis: 'left' }] } })],
    ['a text', { widgets: [{ type: 'text', x: 0, y: 0, properties: { markdown: '# Hello' } }] }],
    ['alarms', { start: '-PT3H', widgets: [{ type: 'alarm', properties: { alarms: ['arn'] } }] }],
  ])('with %s is taken', (_, body) => {
    expect(of(body)).toEqual([]);
  });

  it.each([
    ['that is not JSON', '{', '', ''],
    ['without widgets', {}, '/widgets', "required property 'widgets'"],
    ['with an unknown property', { ...graph({}), colour: 1 }, '', 'additional properties: colour'],
    ['with an unknown property of a graph', graph({ stats: 'Sum' }), '/widgets/0/properties', ': stats'],
    ['with an unknown type', { widgets: [{ type: 'picture' }] }, '/widgets/0/type', 'not emulated'],
    ['whose graph has no data', graph({ metrics: [] }), '/widgets/0/properties', 'a data source or an alarm'],
    [
      'whose graph has no region',
      graph({ region: undefined }),
      '/widgets/0/properties',
      'specified a region',
    ],
    [
      'with half a dimension',
      graph({ metrics: [METRIC.slice(0, 3)] }),
      '/widgets/0/properties/metrics/0',
      '',
    ],
    [
      'with a name of a colour',
      graph({ metrics: [[...METRIC, { color: 'red' }]] }),
      '/widgets/0/properties/metrics/0/4/color',
      '',
    ],
    ['beyond the grid', graph({}, { width: 25 }), '/widgets/0/width', 'from 1 to 24'],
    ['with a period of 90 s', graph({ period: 90 }), '/widgets/0/properties/period', ''],
    [
      'with no alarm among its alarms',
      { widgets: [{ type: 'alarm', properties: { alarms: [] } }] },
      '/widgets/0/properties/alarms',
      '',
    ],
  ])('%s is refused', (_, body, dataPath, message) => {
    const [first] = of(body);
    expect(first?.dataPath).toBe(dataPath);
    expect(first?.message).toContain(message);
  });

  it('is read from a stack, or refused by its address there', () => {
    const of = (dashboard_body: string) =>
      readDashboards([
        {
          ...{ address: 'aws_cloudwatch_dashboard.a', type: 'aws_cloudwatch_dashboard', name: 'a' },
          values: { dashboard_name: 'a-B_1', dashboard_body },
        },
      ]);
    expect(of('{"widgets":[]}')).toEqual([{ name: 'a-B_1', body: { widgets: [] } }]);
    expect(() => of('{}')).toThrow(
      'aws_cloudwatch_dashboard.a.dashboard_body: The dashboard body is invalid, there are 1 validation errors',
    );
  });
});
