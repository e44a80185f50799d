import { UnsupportedError, type Resource } from '../../stack/resource';
import { flag, number, optionalNumber, optionalText, text, textMap, texts } from '../../stack/values';
import type { Modifiers } from './health-checks';

// Limits: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
const INTERVALS_SECONDS = [10, 30];
const MAX_FAILURE_THRESHOLD = 10;
const DEFAULT_FAILURE_THRESHOLD = 3;
const MAX_TEXT_LENGTH = 255;
const MAX_CHILDREN = 256;
const HTTPS_PORT = 443;
const INSUFFICIENT_DATA = ['Healthy', 'Unhealthy', 'LastKnownStatus'] as const;

export type InsufficientDataStatus = (typeof INSUFFICIENT_DATA)[number];

export interface EndpointCheck {
  readonly kind: 'endpoint';
  readonly fqdn: string;
  readonly port: number;
  /** With its leading slash. */
  readonly path: string;
  readonly intervalMs: number;
  /** Consecutive results that change a checker's view. */
  readonly failureThreshold: number;
  readonly searchString: string | undefined;
}

export interface AlarmCheck {
  readonly kind: 'alarm';
  readonly region: string;
  readonly alarm: string;
  readonly insufficientData: InsufficientDataStatus;
}

export interface CalculatedCheck {
  readonly kind: 'calculated';
  readonly children: readonly string[];
  readonly threshold: number;
}

/** A health check as declared. */
export interface HealthCheckSettings extends Modifiers {
  readonly id: string;
  readonly address: string;
  /** Its tag `Name`, else its name in Terraform. */
  readonly name: string;
  /** As in the API, e.g. `HTTPS_STR_MATCH`. */
  readonly type: string;
  readonly monitor: EndpointCheck | AlarmCheck | CalculatedCheck;
}

/** @throws UnsupportedError for what Route 53 refuses or the local run does not emulate */
export function healthCheckSettings(resource: Resource): HealthCheckSettings {
  const type = text(resource, 'type');
  return {
    id: text(resource, 'id'),
    address: resource.address,
    name: textMap(resource, 'tags').Name ?? resource.name,
    type,
    disabled: flag(resource, 'disabled'),
    inverted: flag(resource, 'invert_healthcheck'),
    monitor: monitorOf(resource, type),
  };
}

function monitorOf(resource: Resource, type: string): HealthCheckSettings['monitor'] {
  switch (type) {
    case 'HTTPS':
      if (optionalText(resource, 'search_string') === undefined) return endpointCheck(resource);
      return refuse(resource, 'search_string', 'belongs to the type HTTPS_STR_MATCH');
    case 'HTTPS_STR_MATCH':
      return { ...endpointCheck(resource), searchString: shortText(resource, 'search_string') };
    case 'CLOUDWATCH_METRIC':
      return alarmCheck(resource);
    case 'CALCULATED':
      return calculatedCheck(resource);
    default:
      return refuse(resource, 'type', `"${type}" is not emulated`);
  }
}

function endpointCheck(resource: Resource): EndpointCheck {
  const interval = number(resource, 'request_interval');
  if (!INTERVALS_SECONDS.includes(interval)) refuse(resource, 'request_interval', 'must be 10 or 30 seconds');
  const failureThreshold = optionalNumber(resource, 'failure_threshold') ?? DEFAULT_FAILURE_THRESHOLD;
  if (
    !Number.isInteger(failureThreshold) ||
    failureThreshold < 1 ||
    failureThreshold > MAX_FAILURE_THRESHOLD
  ) {
    refuse(resource, 'failure_threshold', `must be 1 to ${MAX_FAILURE_THRESHOLD}`);
  }
  const path =
    optionalText(resource, 'resource_path') === undefined ? '/' : shortText(resource, 'resource_path');
  return {
    kind: 'endpoint',
    fqdn: shortText(resource, 'fqdn'),
    port: optionalNumber(resource, 'port') ?? HTTPS_PORT,
    path: path.startsWith('/') ? path : `/${path}`,
    intervalMs: interval * 1_000,
    failureThreshold,
    searchString: undefined,
  };
}

function alarmCheck(resource: Resource): AlarmCheck {
  const status = optionalText(resource, 'insufficient_data_health_status');
  const insufficientData = INSUFFICIENT_DATA.find((known) => known === status);
  return {
    kind: 'alarm',
    region: text(resource, 'cloudwatch_alarm_region'),
    alarm: text(resource, 'cloudwatch_alarm_name'),
    insufficientData:
      insufficientData ??
      refuse(resource, 'insufficient_data_health_status', `must be one of ${INSUFFICIENT_DATA.join(', ')}`),
  };
}

function calculatedCheck(resource: Resource): CalculatedCheck {
  const children = texts(resource, 'child_healthchecks');
  if (children.length > MAX_CHILDREN) {
    refuse(resource, 'child_healthchecks', `more than ${MAX_CHILDREN} are refused by Route 53`);
  }
  const threshold = number(resource, 'child_health_threshold');
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > MAX_CHILDREN) {
    refuse(resource, 'child_health_threshold', `must be 0 to ${MAX_CHILDREN}`);
  }
  return { kind: 'calculated', children, threshold };
}

function shortText(resource: Resource, argument: string): string {
  const value = text(resource, argument);
  if (value.length >= 1 && value.length <= MAX_TEXT_LENGTH) return value;
  return refuse(resource, argument, `must be 1 to ${MAX_TEXT_LENGTH} characters`);
}

function refuse(resource: Resource, argument: string, what: string): never {
  throw new UnsupportedError(`${resource.address}.${argument}`, what);
}
