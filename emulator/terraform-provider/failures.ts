import type { Values } from './protocol/values';

/** `after-create` leaves a resource behind that Terraform marks as tainted. */
export const MOMENTS = ['create', 'after-create', 'read', 'update', 'delete'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Failure {
  /** State address, e.g. `aws_lambda_function.assistant_health`; `aws_iam_role.*` is every one of the type. */
  readonly address: string;
  readonly moment: Moment;
  /** How many calls fail. */
  readonly times: number;
}

/** What Terraform was given to apply, as far as a resource is found in it. */
export interface Document {
  readonly provider?: { readonly aws?: readonly Values[] };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

const FORM = /^((?:aws_\w+)\.(?:\w+|\*))=([a-z-]+)(?::(\d+))?$/;

/** @param text e.g. `aws_lambda_function.assistant_health=create:1` @throws Error where it is of another form */
export function parseFailure(text: string): Failure {
  const [, address, moment, times = '1'] = FORM.exec(text) ?? [];
  if (address === undefined || !(MOMENTS as readonly (string | undefined)[]).includes(moment)) {
    throw new Error(
      `"${text}" names no failure. It is ADDRESS=MOMENT or ADDRESS=MOMENT:TIMES with one of ${MOMENTS.join(', ')}: ` +
        'aws_lambda_function.assistant_health=create:1, aws_iam_role.*=read:100.',
    );
  }
  return { address, moment: moment as Moment, times: Number(times) };
}

/** Calls of the cloud that are to fail. */
export class Failures {
  private readonly left: Map<Failure, number>;

  /**
   * @param documents the stacks; Terraform tells its provider no addresses, so that they are found by what is configured
   * @throws Error for an address that is in none of them
   */
  constructor(
    failures: readonly Failure[],
    private readonly documents: readonly Document[],
  ) {
    const unknown = failures.find(({ address }) => !documents.some((document) => has(document, address)));
    if (unknown) throw new Error(`No stack has ${unknown.address}, which is to fail.`);
    this.left = new Map(failures.map((failure) => [failure, failure.times]));
  }

  /** @returns whether this call fails */
  take(moment: Moment, type: string, region: string, values: Values): boolean {
    const addresses = [`${type}.*`, ...this.addressesOf(type, region, values)];
    for (const [failure, times] of this.left) {
      if (failure.moment !== moment || times === 0 || !addresses.includes(failure.address)) continue;
      this.left.set(failure, times - 1);
      return true;
    }
    return false;
  }

  private addressesOf(type: string, region: string, values: Values): readonly string[] {
    return this.documents
      .filter(({ provider }) => region === 'global' || provider?.aws?.some((aws) => aws.region === region))
      .flatMap(({ resource }) => Object.entries(resource?.[type] ?? {}))
      .filter(([, configured]) =>
        Object.entries(configured).every(([name, value]) => agrees(value, values[name])),
      )
      .map(([name]) => `${type}.${name}`);
  }
}

function has({ resource }: Document, address: string): boolean {
  const [type = '', name = ''] = address.split('.');
  const ofType = resource?.[type];
  return ofType !== undefined && (name === '*' || Object.hasOwn(ofType, name));
}

const agrees = (configured: unknown, value: unknown) =>
  typeof configured !== 'string' || configured.includes('${') || value === undefined || configured === value;
