/** What a metric is told from others by. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One value of a metric. */
export interface Datum extends Metric {
  readonly value: number;
  /** Default: `None`. */
  readonly unit?: string;
}

/** CloudWatch refuses a datum. */
export class InvalidDatumError extends Error {
  override readonly name = 'InvalidDatumError';
}

// Limits: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
const MAX_NAME_LENGTH = 255;
const MAX_DIMENSIONS = 30;
const MAX_DIMENSION_VALUE_LENGTH = 1_024;
const MAX_MAGNITUDE = 2 ** 360;
const NAMESPACE = /^[0-9A-Za-z.\-_/#: ]{1,255}$/;
const ASCII = /^[\x20-\x7e]*$/;

const AMOUNTS = [
  ...['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'],
  ...['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits', 'Count'],
];
const UNITS = new Set([
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'None'],
  ...AMOUNTS,
  ...AMOUNTS.map((unit) => `${unit}/Second`),
]);

/** @throws InvalidDatumError naming the limit that the datum breaks */
export function checkDatum({ namespace, name, dimensions, value, unit = 'None' }: Datum): void {
  const refuse = (what: string) => {
    throw new InvalidDatumError(`The metric "${name}" in "${namespace}": ${what}.`);
  };
  if (!NAMESPACE.test(namespace)) refuse('a namespace is 1 to 255 letters, digits or .-_/#: characters');
  if (namespace.startsWith('AWS/')) refuse('namespaces that begin with AWS/ are reserved');
  if (!isName(name)) refuse(`a name is 1 to ${MAX_NAME_LENGTH} ASCII characters`);
  const entries = Object.entries(dimensions);
  if (entries.length > MAX_DIMENSIONS) refuse(`a metric has at most ${MAX_DIMENSIONS} dimensions`);
  for (const [dimension, text] of entries) {
    if (!isName(dimension) || dimension.startsWith(':')) {
      refuse(
        `"${dimension}" is no name of a dimension: 1 to ${MAX_NAME_LENGTH} ASCII characters, no ":" first`,
      );
    }
    if (text.trim() === '' || text.length > MAX_DIMENSION_VALUE_LENGTH || !ASCII.test(text)) {
      refuse(`the dimension "${dimension}" needs 1 to ${MAX_DIMENSION_VALUE_LENGTH} ASCII characters`);
    }
  }
  if (!Number.isFinite(value) || Math.abs(value) > MAX_MAGNITUDE) {
    refuse(`${value} is no number from -2^360 to 2^360`);
  }
  if (!UNITS.has(unit)) refuse(`"${unit}" is no unit of CloudWatch`);
}

const isName = (text: string) => text.trim() !== '' && text.length <= MAX_NAME_LENGTH && ASCII.test(text);
