import * as z from 'zod/mini';
import { checkDatum, InvalidDatumError, type Datum } from './datum';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const MAX_DOCUMENT_BYTES = 1_048_576;
const MAX_METRICS = 100;
const MAX_VALUES = 100;

// CloudWatch takes data from two weeks ago to two hours ahead, in milliseconds.
const MAX_AGE_MS = 14 * 24 * 3_600_000;
const MAX_LEAD_MS = 2 * 3_600_000;

const targetValue = z.union([
  z.number(),
  z.array(z.number()).check(z.minLength(1), z.maxLength(MAX_VALUES, `at most ${MAX_VALUES} values`)),
]);

const metadata = z.object({
  Timestamp: z.int(),
  CloudWatchMetrics: z.array(
    z.object({
      Namespace: z.string(),
      Dimensions: z.array(z.array(z.string())).check(z.minLength(1)),
      Metrics: z
        .array(
          z.object({
            Name: z.string(),
            Unit: z.optional(z.string()),
            StorageResolution: z.optional(z.literal(60, 'only standard resolution, 60 s, is emulated')),
          }),
        )
        .check(z.maxLength(MAX_METRICS, `at most ${MAX_METRICS} metrics`)),
    }),
  ),
});

/**
 * The data in one line of a function's log. A line in another format has none.
 *
 * @param now milliseconds since 1970 by the clock that the function stamped the line with
 * @throws InvalidDatumError for a line in the format that CloudWatch takes no metrics from
 */
export function embeddedMetrics(line: string, now: number): readonly Datum[] {
  const root = embeddedDocument(line);
  if (root === undefined) return [];
  if (Buffer.byteLength(line) > MAX_DOCUMENT_BYTES) {
    throw new InvalidDatumError(`A log event is at most ${MAX_DOCUMENT_BYTES} bytes.`);
  }
  const { Timestamp, CloudWatchMetrics } = read(metadata, root._aws, '_aws');
  if (Timestamp < now - MAX_AGE_MS || Timestamp > now + MAX_LEAD_MS) {
    throw new InvalidDatumError(`_aws.Timestamp ${Timestamp} is over two weeks ago or two hours ahead.`);
  }
  const data = CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((keys) => {
      const dimensions = Object.fromEntries(keys.map((key) => [key, read(z.string(), root[key], key)]));
      return Metrics.flatMap(({ Name, Unit }) =>
        [read(targetValue, root[Name], Name)].flat().map((value): Datum => ({
          namespace: Namespace,
          name: Name,
          dimensions,
          value,
          ...(Unit !== undefined && { unit: Unit }),
        })),
      );
    }),
  );
  data.forEach(checkDatum);
  return data;
}

/** Lambda may write a timestamp, a request id and a level in front of the document. */
function embeddedDocument(line: string): Readonly<Record<string, unknown>> | undefined {
  const start = line.indexOf('{');
  if (start < 0 || !line.includes('"CloudWatchMetrics"')) return undefined;
  try {
    const document: unknown = JSON.parse(line.slice(start));
    const root = z.safeParse(
      z.looseObject({ _aws: z.looseObject({ CloudWatchMetrics: z.unknown() }) }),
      document,
    );
    return root.success ? root.data : undefined;
  } catch {
    return undefined;
  }
}

function read<T extends z.ZodMiniType>(schema: T, value: unknown, where: string): z.infer<T> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [where, ...(issue?.path ?? [])].join('.');
  throw new InvalidDatumError(`${path} in the embedded metric format: ${issue?.message ?? 'not readable'}.`);
}
