import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Intercept, withEffect } from '../../platform/faults/effects';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, parseJson, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { ACCOUNT } from '../../stack/placement';
import { FOUNDATION_MODELS, type FoundationModel, providerOf } from '../bedrock-runtime/foundation-models';
import { parseModelId } from '../bedrock-runtime/model-id';
import { hasFault } from '../bedrock/model-access';
import type { Authorize } from '../bedrock/options';

const TARGET = 'ServiceQuotasV20190624.';

interface ServiceQuotasOptions {
  readonly region: string;
  readonly authorize: Authorize;
  /** what is wrong with calls of a model: one that is beyond its quota has one of 0 */
  readonly modelFault?: Intercept;
  /** what is wrong with this service; default: nothing */
  readonly intercept?: Intercept;
}

const requestSchema = z.object({
  ServiceCode: z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]{1,63}$/),
  MaxResults: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
});

/**
 * Service Quotas in one region: lists those of Bedrock, as the account has them and as AWS gives them. That the account
 * has all defaults is kinder than AWS, whose new accounts have less, or 0: the fault `quota` of a model shows that.
 * https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/
 */
export const createServiceQuotas = (options: ServiceQuotasOptions): AwsServer =>
  new AwsServer({
    maxBodyBytes: 4_096,
    protocol: 'awsJson1_1',
    messageMember: 'Message',
    handle: (request) => withEffect(options.intercept?.(), () => answer(request, options), request.signal),
  });

function answer({ headers, body }: AwsRequest, options: ServiceQuotasOptions): Reply {
  const { region, authorize } = options;
  const { accessKeyId } = requireScope(headers.authorization, { region, service: 'servicequotas' });
  const target = String(headers['x-amz-target'] ?? '');
  const operation = target.startsWith(TARGET) ? target.slice(TARGET.length) : '';
  if (operation !== 'ListServiceQuotas' && operation !== 'ListAWSDefaultServiceQuotas')
    throw refusal(
      'UnknownOperationException',
      `${target} is no operation of Service Quotas that is emulated.`,
    );
  requirePermission(() => {
    authorize(accessKeyId, `servicequotas:${operation}`, '*');
  });
  const request = requestSchema.safeParse(parseJson(body));
  if (!request.success)
    throw refusal('IllegalArgumentException', request.error.issues.map(({ message }) => message).join('; '));
  const { ServiceCode, MaxResults, NextToken } = request.data;
  if (ServiceCode !== 'bedrock')
    throw refusal(
      'NoSuchResourceException',
      'The request failed because the specified service does not exist.',
    );
  const all = bedrockQuotas(region, FOUNDATION_MODELS);
  const start = NextToken === undefined ? 0 : Number(NextToken);
  if (!Number.isInteger(start) || start < 0 || start > all.length)
    throw refusal('InvalidPaginationTokenException', 'Invalid input was provided.');
  const end = start + MaxResults;
  const Quotas = all.slice(start, end).map((quota) => view(quota, operation, options));
  const rest = end < all.length ? { NextToken: String(end) } : {};
  return { status: 200, body: { Quotas, ...rest } };
}

const refusal = (type: string, message: string): AwsError => new AwsError(400, type, message);

function view(
  { code, name, model, byDefault, adjustable }: Quota,
  operation: string,
  { region, modelFault }: ServiceQuotasOptions,
) {
  const isDefault = operation === 'ListAWSDefaultServiceQuotas';
  return {
    ServiceCode: 'bedrock',
    ServiceName: 'Amazon Bedrock',
    QuotaArn: `arn:aws:servicequotas:${region}:${isDefault ? '' : ACCOUNT}:bedrock/${code}`,
    QuotaCode: code,
    QuotaName: name,
    Value: !isDefault && hasFault(modelFault, model, 'ServiceQuotaExceededException') ? 0 : byDefault,
    Unit: 'None',
    Adjustable: adjustable,
    GlobalQuota: false,
    ...(!isDefault && { QuotaAppliedAtLevel: 'ACCOUNT' }),
  };
}

/** One of Bedrock's quotas, by the default that AWS gives it. */
interface Quota {
  readonly code: string;
  readonly name: string;
  readonly model: FoundationModel;
  readonly byDefault: number;
  readonly adjustable: boolean;
}

/** Assumed of models whose default is not known here. */
const TOKENS_PER_MINUTE = 4_000_000;

const MINUTES_A_DAY = 1_440;

/**
 * What Service Quotas lists of a region's models. Names follow AWS's General Reference ("Amazon Bedrock endpoints and
 * quotas") and, of global profiles, the Bedrock user guide; codes are made up. AWS names some as "InvokeModel tokens
 * per minute" and adds versions and context lengths to models' names: those are left out.
 */
function bedrockQuotas(region: string, models: readonly FoundationModel[]): readonly Quota[] {
  return models.flatMap((model) => {
    const { onDemand, profiles, tokensPerMinute = TOKENS_PER_MINUTE, requestsPerMinute } = model;
    const isHere = profiles.filter(
      (prefix) => parseModelId(`${prefix}.${model.id}`, { region }).geography === prefix,
    );
    const scopes = [
      ...(onDemand.includes(region) ? ['On-demand'] : []),
      ...(isHere.some((prefix) => prefix !== 'global') ? ['Cross-region'] : []),
      ...(isHere.includes('global') ? ['Global cross-region'] : []),
    ];
    const name = `${providerOf(model)} ${model.name}`;
    const quota = (what: string, byDefault: number, adjustable: boolean): Quota => {
      const code = createHash('sha256').update(what).digest('hex').slice(0, 8).toUpperCase();
      return { code: `L-${code}`, name: what, model, byDefault, adjustable };
    };
    return [
      ...scopes.flatMap((scope) => [
        quota(`${scope} model inference tokens per minute for ${name}`, tokensPerMinute, true),
        ...(requestsPerMinute === undefined
          ? []
          : [quota(`${scope} model inference requests per minute for ${name}`, requestsPerMinute, false)]),
      ]),
      ...(scopes.length === 0
        ? []
        : [
            quota(
              `Model invocation max tokens per day for ${name} (doubled for cross-region calls)`,
              tokensPerMinute * MINUTES_A_DAY,
              false,
            ),
          ]),
    ];
  });
}
