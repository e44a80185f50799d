import * as z from 'zod';
import type { CircuitSettings } from '../../contract/circuit';
import { MAX_RETENTION_DAYS } from '../../contract/conversation';
import { SYSTEM_MESSAGES } from '../../contract/openai';
import { isBlank, REQUEST_TYPE_PATTERN } from '../../contract/question';
import { GEOGRAPHIES, REGIONS } from '../../contract/regions';
import { callersConfigSchema } from './callers-config';
import { guardrailConfigSchema } from './guardrail-config';
import { allowedMlopsRegion, mlopsConfigSchema } from './mlops-config';
import { flag, object, seconds, text, whole } from './schema';
import { shippedModelFaults } from './shipped-models';

/** ACM takes no longer names: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const DOMAIN = /^(?=.{4,64}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** The days that CloudWatch Logs takes as a retention. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

const region = z.literal(REGIONS, `one of ${REGIONS.join(', ')}`);
const domainName = text(
  DOMAIN,
  'a lower-case domain name of at most 64 characters, such as "assistant.company.com"',
);
const bucketName = text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of an S3 bucket');

/** API Gateway ends an integration after 29 s; what lies between is its own and the state machine's work. */
const MAX_TOTAL_MS = 28_000;

/** Lambda ends a function after 900 s, and API Gateway a stream: what lies between is the fallback tier's, and the end. */
const MAX_STREAM_SECONDS = 840;

/** With less, a tier could not make one call of a model. */
const MIN_TIER_MS = 500;

const budget = object({
  /** Milliseconds for a whole request, counted from the execution's start. */
  totalMs: whole(1_500, MAX_TOTAL_MS),
  /** Milliseconds at which the primary tier has to be over; what it leaves, the fallback tier has. */
  primaryMs: whole(MIN_TIER_MS, MAX_TOTAL_MS),
  /** Milliseconds kept at the end for the degraded answer. */
  reserveMs: whole(200, 10_000),
}).refine(({ totalMs, primaryMs, reserveMs }) => totalMs - reserveMs - primaryMs >= MIN_TIER_MS, {
  message: `totalMs that leaves the fallback tier ${MIN_TIER_MS} ms after primaryMs and reserveMs`,
  path: ['totalMs'],
});

const SHARE = 'a share above 0, at most 1';

/** The fields' meaning stands with CircuitSettings, which the functions read. */
const circuit: z.ZodType<CircuitSettings> = object({
  failures: whole(1, 1_000),
  failureRate: z.number(SHARE).gt(0, SHARE).max(1, SHARE),
  minimumCalls: whole(1, 20),
  windowSeconds: whole(1, 3_600),
  openSeconds: seconds(0.1, 3_600),
  maxOpenSeconds: seconds(0.1, 3_600),
  goodProbes: whole(1, 100),
}).refine(({ openSeconds, maxOpenSeconds }) => maxOpenSeconds >= openSeconds, {
  message: 'no less than openSeconds',
  path: ['maxOpenSeconds'],
});

const backend = z.discriminatedUnion(
  'type',
  [
    object({ type: z.literal('local') }),
    object({
      type: z.literal('s3'),
      /** One bucket a stack, in the stack's own region: no region's state is needed to change another. */
      buckets: object({
        primary: bucketName,
        secondary: bucketName,
        mlops: bucketName,
        /** In the primary region; there where conversations are kept. */
        conversations: bucketName.optional(),
      }),
    }),
  ],
  'an object whose "type" is "local" or "s3"',
);

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export const MAX_SCHEDULE_NAME = 64;
export const canaryName = (project: string, requestType: string) => `${project}-canary-${requestType}`;

/** A bound to what the canary costs. */
const MAX_CANARY_TYPES = 8;
const REQUEST_TYPE = '1 to 64 letters, digits, "_", "." or "-"';
const REQUEST_TYPES = `1 to ${MAX_CANARY_TYPES} different request types`;
const MESSAGE = 'a text of 1 to 1000 characters, one of which is visible';
const VENDOR = 'a vendor as in model ids, such as "anthropic"';
const VENDORS = 'a list of vendors as in model ids, such as ["anthropic", "amazon"]';

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
const TAG_TEXT = '[\\p{L}\\p{Z}\\p{N}_.:/=+@-]';
/** Tags of a resource, less those that the stacks add by themselves. */
const OWN_TAGS = ['project', 'stack', 'Name'];
const MAX_TAGS = 50 - OWN_TAGS.length;
const TAG_NAME = new RegExp(`^(?!aws:|(${OWN_TAGS.join('|')})$)${TAG_TEXT}{1,128}$`, 'iu');
const TAG_VALUE = new RegExp(`^${TAG_TEXT}{0,256}$`, 'u');
const TAGS =
  `at most ${MAX_TAGS} names of 1 to 128 characters, each with a text of at most 256, of letters, digits, spaces and ` +
  `_.:/=+-@; no name begins with "aws:" or is one that the stacks set (${OWN_TAGS.join(', ')})`;

const topic = text(
  /^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
  'the ARN of an SNS topic, "arn:aws:sns:..."',
);

const topics = z
  .array(topic, 'a list of ARNs of SNS topics')
  // CloudWatch: as many actions as an alarm takes.
  .max(5, 'at most 5 topics')
  .optional();

/** AWS Budgets takes ten of them: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html */
const MAX_EMAILS = 10;
const EMAILS = `a list of 1 to ${MAX_EMAILS} e-mail addresses`;

const spend = object({
  /** Of the whole account, in whole US dollars a month. */
  monthlyUsd: whole(1, 100_000_000),
  emails: z
    .array(text(/^[^@\s]+@[^@\s]+$/, EMAILS), EMAILS)
    .min(1, EMAILS)
    .max(MAX_EMAILS, EMAILS)
    .optional(),
  /** Of this account, in whichever region; its policy lets budgets.amazonaws.com publish. */
  topic: topic.optional(),
}).refine(({ emails, topic: told }) => emails !== undefined || told !== undefined, {
  message: 'whom to tell: emails, a topic, or both',
  path: ['emails'],
});

/** As many as Lambda has in an account by default; a larger quota has room for more. */
const reserved = whole(1, 10_000).optional();

/**
 * Lambda takes 4 KB of environment, measured as JSON. The function that streams has the degraded answer and the
 * guardrail's own, and less than 1,000 bytes beside. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_MESSAGES_BYTES = 3_016;

/** It is JSON within that JSON. */
const bytesInGuardrail = (guardrail: z.infer<typeof guardrailConfigSchema> | undefined): number =>
  guardrail ? Buffer.byteLength(JSON.stringify(JSON.stringify(guardrail.messages.output))) : 0;

/** Everything that one deployment can differ in from another: `context.assistant` in cdktf.json. */
export const assistantConfigSchema = object({
  /** Prefix of the names of all that is deployed; the training bucket's is the longest, of the 63 that S3 takes. */
  project: text(
    /^[a-z][a-z0-9-]{1,30}$/,
    '2 to 31 lower-case letters, digits or "-", the environment’s name included',
  ),
  /** API Gateway stage and AppConfig environment. */
  stage: text(/^[a-z][a-z0-9_]{0,31}$/, '1 to 32 lower-case letters, digits or "_"'),
  /** `mlops` follows from the base model where it is left out. */
  regions: object({ primary: region, secondary: region, mlops: region.optional() }),
  domain: object({
    /** The name that callers use. */
    failover: domainName,
    /** Each region's own name, which its health check asks. */
    primary: domainName,
    secondary: domainName,
    hostedZoneId: text(/^Z[A-Z0-9]{7,31}$/, 'the id of a Route 53 hosted zone, "Z..."'),
  }),
  budget,
  streaming: object({
    /** Seconds after a request's start until which a streamed answer may go on that has begun in time. */
    maxSeconds: whole(10, MAX_STREAM_SECONDS),
  }),
  openai: object({
    /**
     * What becomes of a caller's system messages in OpenAI's protocol: they follow the rule's own prompt, or are refused.
     */
    systemMessages: z.literal(SYSTEM_MESSAGES, `one of ${SYSTEM_MESSAGES.join(', ')}`),
  }),
  healthCheck: object({
    intervalSeconds: z.literal([10, 30], '10 or 30'),
    failureThreshold: whole(1, 10),
    /**
     * Concurrent calls kept for the health function, so that an overload of the others does not look like death;
     * left out where the account's quota leaves nothing to keep (Lambda wants 100 unreserved).
     */
    reservedConcurrency: whole(1, 100).optional(),
  }),
  canary: object({
    /** Without it, a region whose models are down keeps its callers, who get degraded answers. */
    enabled: flag,
    /**
     * Each is asked once a minute in each region, 43,200 calls a month; a type without a rule of its own stands for the
     * default rule. A type that is not here is not watched.
     */
    requestTypes: z
      .array(text(REQUEST_TYPE_PATTERN, REQUEST_TYPE), REQUEST_TYPES)
      .min(1, REQUEST_TYPES)
      .max(MAX_CANARY_TYPES, REQUEST_TYPES)
      .refine((types) => new Set(types).size === types.length, REQUEST_TYPES),
  }),
  evacuation: object({
    /** Whether the tables of what operators set, the switch and the circuits, are refused to be deleted, or destroyed. */
    deletionProtection: flag,
  }),
  /** Conversations that callers ask to have kept, in a stack of their own; none are where it is left out. */
  conversations: object({
    /** Days after which a question and its answer are forgotten. */
    retentionDays: whole(1, MAX_RETENTION_DAYS),
    /** Whether the table may be deleted, in either region: by a destroy of its stack as well. */
    deletionProtection: flag,
  }).optional(),
  callers: callersConfigSchema,
  guardrail: guardrailConfigSchema.optional(),
  /** Requests that the stage lets through, for all callers together. */
  throttle: object({ requestsPerSecond: whole(1, 10_000), burst: whole(1, 5_000) }),
  /** AWS WAF in front of both APIs; none where it is left out. */
  waf: object({
    /** Of one address; WAF takes no less than 10. */
    requestsIn5Minutes: whole(10, 2_000_000_000),
    /** AWS's common rules and known bad inputs. */
    managedRules: flag,
  }).optional(),
  /** Concurrent calls kept for a function, which are also all that it gets: what is left out shares the account's rest. */
  reservedConcurrency: object({
    primaryModel: reserved,
    fallbackModel: reserved,
    degradation: reserved,
    authorizer: reserved,
    chat: reserved,
  }).optional(),
  /** An AWS Budget, which tells when the account's bill goes beyond; none where it is left out. */
  spend: spend.optional(),
  circuit,
  /** Seconds that a degraded answer asks its caller to wait. */
  retryAfterSeconds: whole(1, 3_600),
  /** Seconds that a tier waits at the most where a model asks for it by `Retry-After`; beyond, the next tier is due. */
  maxRetryAfterSeconds: seconds(0, 10),
  /** The degraded answer where no tier could read ModelConfig's own: its functions failed, or had not reached AppConfig. */
  maintenanceMessage: text(/^[^]{1,1000}$/, MESSAGE).refine((message) => !isBlank(message), MESSAGE),
  /**
   * A line in a log for each request. API Gateway writes logs by one role of the account in the region: `create` sets
   * it, for all APIs there, and takes it away when the stack is destroyed; `existing` finds it set.
   */
  accessLogs: object({
    accountRole: z.literal(['create', 'existing'], 'one of create, existing'),
  }).optional(),
  /** Whether requests are traced by AWS X-Ray: the first of each second, and 5 % of the others, or as its rules there say. */
  tracing: flag,
  /** ARN of a managed policy that no role of the stacks may exceed; left out, there is none. */
  permissionsBoundary: text(
    /^arn:aws:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
    'the ARN of a managed policy, "arn:aws:iam::<account>:policy/<name>"',
  ).optional(),
  /**
   * The geography whose inference profiles the shipped rules name, e.g. `eu`; left out, they are as
   * contract/default-model-config.json has them.
   */
  modelGeography: z
    .literal(Object.keys(GEOGRAPHIES), `one of ${Object.keys(GEOGRAPHIES).join(', ')}`)
    .optional(),
  /** Vendors whose models the functions may call, as they stand in model ids: ModelConfig may name no others. */
  modelVendors: z.array(text(/^[a-z0-9]+$/, VENDOR), VENDORS).min(1, VENDORS),
  /** Seconds between two looks for a new ModelConfig; AppConfig refuses less than 15. */
  modelConfigPollSeconds: whole(15, 86_400),
  /** How an operator's ModelConfig is handed out, unless at once. AppConfig's limits: CreateDeploymentStrategy. */
  modelConfigRollout: object({
    /** Minutes until every function has it. */
    minutes: whole(0, 1_440),
    /** Percent of the functions that each step adds. */
    growthPercent: whole(1, 100),
    /** Minutes after that in which an alarm still takes it back. */
    bakeMinutes: whole(0, 1_440),
  }),
  mlops: mlopsConfigSchema,
  logRetentionDays: z.literal(RETENTION_DAYS, `one of ${RETENTION_DAYS.join(', ')}`),
  tags: z
    .record(z.string(), z.string(TAGS).regex(TAG_VALUE, TAGS), TAGS)
    .refine((tags) => Object.keys(tags).every((name) => TAG_NAME.test(name)), TAGS)
    .refine((tags) => Object.keys(tags).length <= MAX_TAGS, TAGS),
  /** Who is told when an alarm goes off, in each region by topics of that region; nobody where it is left out. */
  alarmTopics: object({ primary: topics, secondary: topics }).optional(),
  /** A dashboard of CloudWatch for each region, and one for both. */
  dashboards: flag,
  backend,
  /** Set by ASSISTANT_ENVIRONMENT, which ends the project's name by it as well. */
  environment: text(/^[a-z][a-z0-9-]{0,15}$/, '1 to 16 lower-case letters, digits or "-"').optional(),
})
  .refine(({ project, environment }) => environment === undefined || project.endsWith(`-${environment}`), {
    message: 'nothing: ASSISTANT_ENVIRONMENT sets it',
    path: ['environment'],
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
    const longest = MAX_SCHEDULE_NAME - canaryName(config.project, '').length;
    for (const [index, type] of config.canary.requestTypes.entries()) {
      if (type.length <= longest) continue;
      context.addIssue({
        code: 'custom',
        path: ['canary', 'requestTypes', index],
        message: `a request type of at most ${longest} characters: the name of its schedule has the project's before it`,
      });
    }
    for (const role of ['primary', 'secondary'] as const) {
      const region = config.regions[role];
      const isThere = (topic: string) => topic.split(':')[3] === region;
      if (config.alarmTopics?.[role]?.every(isThere) ?? true) continue;
      context.addIssue({
        code: 'custom',
        path: ['alarmTopics', role],
        message: `topics in ${region}: an alarm notifies none of another region`,
      });
    }
    const { maintenanceMessage, guardrail } = config;
    const said = Buffer.byteLength(JSON.stringify(maintenanceMessage)) + bytesInGuardrail(guardrail);
    if (said > MAX_MESSAGES_BYTES) {
      context.addIssue({
        code: 'custom',
        path: ['maintenanceMessage'],
        message:
          `a text that, with guardrail.messages.output, takes ${MAX_MESSAGES_BYTES} bytes of a function’s ` +
          `environment (they take ${said}): most letters beyond Latin, Greek and Cyrillic are 3 bytes`,
      });
    }
    const message = allowedMlopsRegion(config);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['regions', 'mlops'], message });
    const { conversations, backend } = config;
    if (conversations && backend.type === 's3' && backend.buckets.conversations === undefined) {
      const path = ['backend', 'buckets', 'conversations'];
      context.addIssue({
        code: 'custom',
        path,
        message: 'the name of an S3 bucket, since conversations are kept',
      });
    }
    for (const { path, allowed } of shippedModelFaults(config)) {
      context.addIssue({ code: 'custom', path: [...path], message: allowed });
    }
  });

export type AssistantConfig = z.infer<typeof assistantConfigSchema>;

/** A region's part in the failover. */
export type Role = 'primary' | 'secondary';
