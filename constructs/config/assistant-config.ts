import * as z from 'zod';
import type { CircuitSettings } from '../../contract/circuit';
import { allowedMlopsRegion, mlopsConfigSchema } from './mlops-config';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** The days that CloudWatch Logs takes as a retention. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

/** @param allowed what a value at fault is told, missing or wrong */
const text = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);

const region = text(REGION, 'an AWS region such as "us-east-1"');
const domainName = text(DOMAIN, 'a lower-case domain name such as "assistant.company.com"');
const bucketName = text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of an S3 bucket');
const whole = (minimum: number, maximum: number) =>
  z.int(`a whole number from ${minimum} to ${maximum}`).min(minimum).max(maximum);

/** API Gateway ends an integration after 29 s; what lies between is its own and the state machine's work. */
const MAX_TOTAL_MS = 28_000;

/** With less, a tier could not make one call of a model. */
const MIN_TIER_MS = 500;

const budget = z
  .strictObject({
    /** Milliseconds for a whole request, counted from the execution's start. */
    totalMs: whole(1_500, MAX_TOTAL_MS),
    /** Milliseconds at which the primary tier has to be over; what it leaves, the fallback tier has. */
    primaryMs: whole(MIN_TIER_MS, MAX_TOTAL_MS),
    /** Milliseconds kept at the end for the degraded answer. */
    reserveMs: whole(200, 10_000),
  })
  .refine(({ totalMs, primaryMs, reserveMs }) => totalMs - reserveMs - primaryMs >= MIN_TIER_MS, {
    message: `totalMs that leaves the fallback tier ${MIN_TIER_MS} ms after primaryMs and reserveMs`,
    path: ['totalMs'],
  });

/** The fields' meaning stands with CircuitSettings, which the functions read. */
const circuit: z.ZodType<CircuitSettings> = z
  .strictObject({
    failures: whole(1, 1_000),
    failureRate: z.number('a share above 0, at most 1').gt(0).max(1),
    minimumCalls: whole(1, 20),
    windowSeconds: whole(1, 3_600),
    openSeconds: z.number('a number of seconds from 0.1 to 3600').min(0.1).max(3_600),
    maxOpenSeconds: z.number('a number of seconds from 0.1 to 3600').min(0.1).max(3_600),
    goodProbes: whole(1, 100),
  })
  .refine(({ openSeconds, maxOpenSeconds }) => maxOpenSeconds >= openSeconds, {
    message: 'no less than openSeconds',
    path: ['maxOpenSeconds'],
  });

const backend = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('local') }),
  z.strictObject({
    type: z.literal('s3'),
    /** One bucket a stack, in the stack's own region: no region's state is needed to change another. */
    buckets: z.strictObject({ primary: bucketName, secondary: bucketName, mlops: bucketName }),
  }),
]);

/** Everything that one deployment can differ in from another: `context.assistant` in cdktf.json. */
export const assistantConfigSchema = z
  .strictObject({
    /** Prefix of the names of all that is deployed. */
    project: text(/^[a-z][a-z0-9-]{1,23}$/, '2 to 24 lower-case letters, digits or "-"'),
    /** API Gateway stage and AppConfig environment. */
    stage: text(/^[a-z][a-z0-9_]{0,31}$/, '1 to 32 lower-case letters, digits or "_"'),
    /** `mlops` follows from the base model where it is left out. */
    regions: z.strictObject({ primary: region, secondary: region, mlops: region.optional() }),
    domain: z.strictObject({
      /** The name that callers use. */
      failover: domainName,
      /** Each region's own name, which its health check asks. */
      primary: domainName,
      secondary: domainName,
      hostedZoneId: text(/^Z[A-Z0-9]{7,31}$/, 'the id of a Route 53 hosted zone, "Z..."'),
    }),
    budget,
    healthCheck: z.strictObject({
      intervalSeconds: z.literal([10, 30], '10 or 30'),
      failureThreshold: whole(1, 10),
      /**
       * Concurrent calls kept for the health function, so that an overload of the others does not look like death;
       * left out where the account's quota leaves nothing to keep (Lambda wants 100 unreserved).
       */
      reservedConcurrency: whole(1, 100).optional(),
    }),
    /** One question a minute and region, 43,200 calls of a model a month; without it, a region without callers is unknown. */
    canary: z.strictObject({ enabled: z.boolean('true or false') }),
    /** Requests that the stage lets through, for all callers together. */
    throttle: z.strictObject({ requestsPerSecond: whole(1, 10_000), burst: whole(1, 5_000) }),
    circuit,
    /** Seconds that a degraded answer asks its caller to wait. */
    retryAfterSeconds: whole(1, 3_600),
    /** Vendors whose models the functions may call, as they stand in model ids: ModelConfig may name no others. */
    modelVendors: z.array(text(/^[a-z0-9]+$/, 'a vendor as in model ids, such as "anthropic"')).min(1),
    /** Seconds between two looks for a new ModelConfig; AppConfig refuses less than 15. */
    modelConfigPollSeconds: whole(15, 86_400),
    mlops: mlopsConfigSchema,
    logRetentionDays: z.literal(RETENTION_DAYS, `one of ${RETENTION_DAYS.join(', ')}`),
    tags: z.record(z.string().min(1).max(128), z.string().max(256)),
    backend,
  })
  .refine(({ regions }) => regions.primary !== regions.secondary, {
    message: 'another region than regions.primary',
    path: ['regions', 'secondary'],
  })
  .refine(({ domain }) => new Set([domain.failover, domain.primary, domain.secondary]).size === 3, {
    message: 'three different names for failover, primary and secondary',
    path: ['domain'],
  })
  .superRefine((config, context) => {
    const message = allowedMlopsRegion(config);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['regions', 'mlops'], message });
  });

export type AssistantConfig = z.infer<typeof assistantConfigSchema>;

/** A region's part in the failover. */
export type Role = 'primary' | 'secondary';
