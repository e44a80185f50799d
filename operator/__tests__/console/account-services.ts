import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { callControl, type MetricTotal } from '@assistant/emulator';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { readStatus } from '../../command/target';

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Stat: string;
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

/**
 * CloudWatch and Route 53 as a console asks them, telling of a running system in their own protocols (JSON 1.0, REST
 * XML): that system has no such APIs itself. What it has no numbers for by the minute is told of the present one, and
 * its mean stands for a percentile. CloudWatch of a region is at `/primary`, or `/secondary`.
 */
export class AccountServices {
  /** Operations, each as often as it was asked for. */
  readonly asked: string[] = [];
  /** Operations that the caller may not call. */
  readonly denied = new Set<string>();
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request;
    const body = await text(request);
    const target = headers['x-amz-target'];
    if (typeof target === 'string') {
      const operation = target.replace(/^.*\./, '');
      this.asked.push(operation);
      response.setHeader('Content-Type', 'application/x-amz-json-1.0');
      if (this.denied.has(operation)) {
        const message = `User is not authorized to perform: cloudwatch:${operation}`;
        response.writeHead(400).end(JSON.stringify({ __type: 'AccessDeniedException', message }));
        return;
      }
      const role = url.includes('secondary') ? 'secondary' : 'primary';
      const answer =
        operation === 'DescribeAlarms'
          ? await alarms(role)
          : await metrics(
              role,
              (JSON.parse(body) as { readonly MetricDataQueries: readonly Query[] }).MetricDataQueries,
            );
      response.end(JSON.stringify(answer));
      return;
    }
    const [, id = '', isStatus] = /healthcheck\/([^/?]+)(\/status)?/.exec(url) ?? [];
    const operation = url.includes('/rrset')
      ? 'ListResourceRecordSets'
      : isStatus === undefined
        ? 'GetHealthCheck'
        : 'GetHealthCheckStatus';
    this.asked.push(operation);
    response.setHeader('Content-Type', 'text/xml');
    if (this.denied.has(operation)) {
      const message = `User is not authorized to perform: route53:${operation}`;
      response.writeHead(403);
      response.end(
        xml(
          'ErrorResponse',
          `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
        ),
      );
      return;
    }
    response.end(xml(`${operation}Response`, await ROUTE_53[operation](decodeURIComponent(id))));
  }
}

const xml = (root: string, content: string): string =>
  `<?xml version="1.0"?><${root} xmlns="https://route53.amazonaws.com/doc/2013-04-01/">${content}</${root}>`;

type Role = 'primary' | 'secondary';

const { project, domain } = shippedConfig();

async function alarms(role: Role) {
  const { regions } = await readStatus();
  return {
    MetricAlarms: [
      ...(regions[role]?.alarms ?? []).map(({ name, state }) => ({
        ...{ AlarmName: name, StateValue: state },
        AlarmDescription: `page: It is so. docs/operate/alarms.md#${name.replace(`${project}-`, '')}`,
      })),
      // Of an environment whose project's name begins with the same words.
      {
        AlarmName: `${project}-staging-last-resort`,
        StateValue: 'ALARM',
        AlarmDescription: 'docs/operate/alarms.md#last-resort',
      },
    ],
  };
}

async function metrics(role: Role, queries: readonly Query[]) {
  const totals = (await callControl('GET', `/metrics?region=${role}`)) as readonly MetricTotal[];
  const minute = Math.floor(Date.now() / 60_000) * 60;
  return {
    MetricDataResults: queries.map(({ Id, MetricStat: { Stat, Metric } }) => {
      const wanted = new Map(Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
      const total = totals.find(
        ({ namespace, name, dimensions }) =>
          namespace === Metric.Namespace &&
          name === Metric.MetricName &&
          Object.keys(dimensions).length === wanted.size &&
          Object.entries(dimensions).every(([key, value]) => wanted.get(key) === value),
      );
      if (total === undefined) return { Id, Timestamps: [], Values: [], StatusCode: 'Complete' };
      const { count, sum } = total;
      const value = Stat === 'Sum' ? sum : Stat === 'SampleCount' ? count : sum / count;
      return { Id, Timestamps: [minute], Values: [value], StatusCode: 'Complete' };
    }),
  };
}

const element = (name: string, content: string | number | boolean): string => `<${name}>${content}</${name}>`;

const checkOf = async (id: string) => {
  const { healthChecks } = await readStatus();
  const found = healthChecks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`There is no check ${id}.`);
  const children = healthChecks.filter((check) => check.id !== id && isOfPrimary(check.name));
  return { ...found, children, isInverted: found.name.endsWith(' evacuation') };
};

/** The evacuation is probed at the standby. */
const isOfPrimary = (name: string): boolean =>
  name.includes(' primary') || name.startsWith(domain.primary) || name.endsWith(' evacuation');

const ROUTE_53 = {
  ListResourceRecordSets: async () => {
    const { healthChecks } = await readStatus();
    const records = (['primary', 'secondary'] as const).map((role) => {
      const check = healthChecks.find(({ name }) =>
        role === 'primary' ? name === `${project} primary` : name === `${domain.secondary} endpoint`,
      );
      return element(
        'ResourceRecordSet',
        element('Name', `${domain.failover}.`) +
          element('Type', 'A') +
          element('SetIdentifier', role) +
          element('Failover', role.toUpperCase()) +
          element('HealthCheckId', check?.id ?? ''),
      );
    });
    return (
      element('ResourceRecordSets', records.join('')) +
      element('IsTruncated', false) +
      element('MaxItems', 10)
    );
  },
  GetHealthCheck: async (id: string) => {
    const { type, children, isInverted } = await checkOf(id);
    const config: Readonly<Record<string, string>> = {
      CALCULATED:
        element('HealthThreshold', children.length) +
        element('ChildHealthChecks', children.map((child) => element('ChildHealthCheck', child.id)).join('')),
      CLOUDWATCH_METRIC:
        element(
          'AlarmIdentifier',
          element('Region', 'us-east-1') + element('Name', `${project}-canary-unanswered`),
        ) + element('InsufficientDataHealthStatus', 'LastKnownStatus'),
    };
    const own = config[type] ?? element('ResourcePath', '/a-secret/health') + element('Inverted', isInverted);
    return element(
      'HealthCheck',
      element('Id', id) +
        element('CallerReference', 'one') +
        element('HealthCheckVersion', 1) +
        element('HealthCheckConfig', element('Type', type) + own),
    );
  },
  GetHealthCheckStatus: async (id: string) => {
    const { type, healthy, isInverted } = await checkOf(id);
    if (type === 'CALCULATED') throw new Error('Route 53 tells no status of a calculated check.');
    const status =
      healthy === isInverted ? 'Failure: The check timed out.' : 'Success: HTTP Status Code 200, OK';
    const observation = element(
      'HealthCheckObservation',
      element('Region', 'us-east-1') + element('StatusReport', element('Status', status)),
    );
    return element('HealthCheckObservations', observation.repeat(16));
  },
};
