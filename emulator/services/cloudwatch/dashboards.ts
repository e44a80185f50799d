import * as z from 'zod/mini';
import { UnsupportedError, type Resource } from '../../stack/resource';
import { text } from '../../stack/values';

export interface Dashboard {
  readonly name: string;
  readonly body: z.infer<typeof body>;
}

/** What PutDashboard says of a body that it does not take. */
interface DashboardFault {
  readonly dataPath: string;
  readonly message: string;
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const COLUMNS = 24;
const MAX_HEIGHT = 1_000;
const MAX_WIDGETS = 500;
const MAX_METRICS = 500;
const MAX_ALARMS = 100;

const oneOf = <T extends readonly string[]>(...known: T) =>
  z.enum(known, `Should be one of ${known.join(', ')}`);
const wholeFrom = (least: number, most: number) =>
  z.int(`Should be a whole number from ${least} to ${most}`).check(z.gte(least), z.lte(most));
const axis = oneOf('left', 'right');
/** AWS takes no names of colours: https://github.com/aws/aws-cdk/issues/5025 */
const colour = z.string().check(z.regex(/^#[0-9a-fA-F]{3,6}$/, 'Should be a colour such as #1f77b4'));
const period = z
  .int()
  .check(z.refine((seconds) => [1, 5, 10, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)));

const rendering = z.strictObject({
  accountId: z.optional(z.string()),
  color: z.optional(colour),
  expression: z.optional(z.string()),
  id: z.optional(z.string().check(z.regex(/^[a-z]\w*$/))),
  label: z.optional(z.string()),
  period: z.optional(period),
  region: z.optional(z.string()),
  stat: z.optional(z.string()),
  visible: z.optional(z.boolean()),
  yAxis: z.optional(axis),
});

/** Namespace, name, dimensions and their values, how it is drawn; or an expression. Abbreviations are not emulated. */
const metric = z.array(z.union([z.string(), rendering])).check(
  z.refine((parts) => {
    const names = parts.filter((part) => typeof part === 'string');
    const last = parts.at(-1);
    const isDrawn = typeof last === 'object';
    if (parts.length !== names.length + (isDrawn ? 1 : 0)) return false;
    if (isDrawn && last.expression !== undefined) return names.length === 0;
    return names.length >= 2 && names.length % 2 === 0 && !names.some((name) => /^\.+$/.test(name));
  }, 'Should be a namespace, a metric and pairs of dimensions, or an expression'),
);

const line = z.strictObject({
  label: z.optional(z.string()),
  value: z.number(),
  yAxis: z.optional(axis),
  color: z.optional(colour),
  fill: z.optional(oneOf('above', 'below', 'none')),
  visible: z.optional(z.boolean()),
});
const scale = z.strictObject({
  label: z.optional(z.string()),
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  showUnits: z.optional(z.boolean()),
});

const place = {
  x: z.optional(wholeFrom(0, COLUMNS - 1)),
  y: z.optional(z.int().check(z.gte(0))),
  width: z.optional(wholeFrom(1, COLUMNS)),
  height: z.optional(wholeFrom(1, MAX_HEIGHT)),
};
const graph = z
  .strictObject({
    title: z.optional(z.string()),
    view: z.optional(oneOf('timeSeries', 'singleValue', 'gauge', 'bar', 'pie')),
    region: z.optional(z.string()),
    period: z.optional(period),
    stat: z.optional(z.string()),
    stacked: z.optional(z.boolean()),
    liveData: z.optional(z.boolean()),
    legend: z.optional(z.strictObject({ position: oneOf('right', 'bottom', 'hidden') })),
    metrics: z.optional(z.array(metric).check(z.maxLength(MAX_METRICS))),
    yAxis: z.optional(z.strictObject({ left: z.optional(scale), right: z.optional(scale) })),
    annotations: z.optional(
      z.strictObject({
        horizontal: z.optional(z.array(line)),
        alarms: z.optional(z.array(z.string())),
      }),
    ),
  })
  .check(
    z.refine(
      ({ region, metrics = [], annotations }) =>
        region !== undefined && (metrics.length > 0 || annotations?.alarms !== undefined),
      'The metric widget should have specified a region and a data source or an alarm annotation',
    ),
  );

const widget = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ ...place, type: z.literal('metric'), properties: graph }),
    z.strictObject({
      ...place,
      type: z.literal('text'),
      properties: z.strictObject({
        markdown: z.string(),
        background: z.optional(oneOf('solid', 'transparent')),
      }),
    }),
    z.strictObject({
      ...place,
      type: z.literal('alarm'),
      properties: z.strictObject({
        title: z.optional(z.string()),
        alarms: z.array(z.string()).check(z.minLength(1), z.maxLength(MAX_ALARMS)),
        sortBy: z.optional(oneOf('default', 'stateUpdatedTimestamp', 'timestamp')),
        states: z.optional(z.array(oneOf('ALARM', 'INSUFFICIENT_DATA', 'OK'))),
      }),
    }),
  ],
  'Should be a widget of type metric, text or alarm: others are not emulated',
);

const body = z.strictObject({
  start: z.optional(z.string()),
  end: z.optional(z.string()),
  periodOverride: z.optional(oneOf('auto', 'inherit')),
  widgets: z.array(widget, "Should have required property 'widgets'").check(z.maxLength(MAX_WIDGETS)),
});

/**
 * What PutDashboard would refuse. The form and some of the messages are as people have reported them, such as in
 * https://github.com/aws/aws-cdk/issues/5026; whether AWS refuses each unknown property, or warns, is not known.
 */
export function dashboardFaults(json: string): readonly DashboardFault[] {
  const parsed = body.safeParse(parse(json));
  return parsed.success ? [] : parsed.error.issues.map(fault);
}

const fault = (issue: z.core.$ZodIssue): DashboardFault => ({
  dataPath: ['', ...issue.path].join('/'),
  message:
    issue.code === 'unrecognized_keys'
      ? `Should NOT have additional properties: ${issue.keys.join(', ')}`
      : issue.message,
});

export const invalidBody = (faults: readonly DashboardFault[]): string =>
  `The dashboard body is invalid, there are ${faults.length} validation errors: ${JSON.stringify(faults)}`;

/** @throws UnsupportedError for what CloudWatch refuses or the local run does not emulate */
export function readDashboards(resources: readonly Resource[]): readonly Dashboard[] {
  return resources
    .filter(({ type }) => type === 'aws_cloudwatch_dashboard')
    .map((resource) => {
      const { data, error } = body.safeParse(parse(text(resource, 'dashboard_body')));
      if (data !== undefined) return { name: text(resource, 'dashboard_name'), body: data };
      const refused = invalidBody(error.issues.map(fault));
      throw new UnsupportedError(`${resource.address}.dashboard_body`, refused);
    });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
