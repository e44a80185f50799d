import { XRay } from '../../../services/xray/xray';
import type { Resource } from '../../../stack/resource';

const REQUEST = {
  serviceName: 'api/live',
  serviceType: 'AWS::ApiGateway::Stage',
  resourceArn: 'arn:aws:apigateway:us-east-1::/restapis/a/stages/live',
  host: 'ask.example.com',
  method: 'POST',
  path: '/stream',
};
const MACHINE = { ...REQUEST, serviceName: 'workflow', serviceType: 'AWS::StepFunctions::StateMachine' };

const rule = (values: Resource['values']): Resource => ({
  address: 'aws_xray_sampling_rule.one',
  type: 'aws_xray_sampling_rule',
  name: 'one',
  values: {
    ...{ priority: 1_000, reservoir_size: 0, fixed_rate: 0 },
    ...{
      service_name: '*',
      service_type: '*',
      resource_arn: '*',
      host: '*',
      http_method: '*',
      url_path: '*',
    },
    ...values,
  },
});

const ruledBy = (resources: readonly Resource[], now = () => 0) =>
  new XRay({
    ...{ region: 'us-east-1', resources, now, authorize: () => undefined },
    ...{ authorizeRole: () => undefined, onLog: () => undefined },
  });
const isSampled = (xray: XRay, request = REQUEST) =>
  xray.begin(undefined, { ...request, isActive: true }).header.sampled;
const countOf = (xray: XRay, requests: number): number =>
  Array.from({ length: requests }, () => isSampled(xray)).filter(Boolean).length;
const draw = (random: () => number) => jest.spyOn(Math, 'random').mockImplementation(random);
afterEach(() => jest.restoreAllMocks());

describe('by X-Ray’s default', () => {
  it('the first request of each second is recorded, and 5 % of the others', () => {
    let now = 0;
    let drawn = 0;
    draw(() => (drawn++ % 100) / 100);
    const xray = ruledBy([], () => now);
    expect(countOf(xray, 101)).toBe(1 + 5);
    now = 999;
    expect(countOf(xray, 100)).toBe(5);
    now = 1_000;
    expect(countOf(xray, 1)).toBe(1);
  });
});

describe('by rules of its own', () => {
  const sampled = (rules: readonly Resource[], request = REQUEST) => {
    draw(() => 0.5);
    return isSampled(ruledBy(rules), request);
  };

  it('a service is not recorded that a rule takes nothing of; another is as before', () => {
    const none = rule({ service_type: MACHINE.serviceType });
    expect([sampled([none], MACHINE), sampled([none])]).toEqual([false, true]);
  });

  it.each<[Resource['values'], boolean]>([
    [{ url_path: '/str*' }, false],
    [{ url_path: '/strea?' }, false],
    [{ url_path: '/strea' }, true],
    [{ http_method: 'post' }, false],
    [{ host: '*.example.com' }, false],
    [{ host: '*.example.org' }, true],
    [{ service_name: 'api/*', resource_arn: '*stages/live' }, false],
  ])('a request is held against %j', (values, isOfDefault) => {
    expect(sampled([rule(values)])).toBe(isOfDefault);
  });

  it('the lowest priority decides, and a rule that is taken back no longer does', () => {
    const all = rule({ priority: 1, fixed_rate: 1 });
    draw(() => 0.9);
    const xray = ruledBy([rule({ priority: 2 }), all]);
    expect(countOf(xray, 3)).toBe(3);
    xray.declare([rule({ priority: 2 })]);
    expect(countOf(xray, 3)).toBe(0);
  });
});
