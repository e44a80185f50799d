/** One resource or data source of a synthesized stack, its expressions resolved. */
export interface Resource {
  /** State address, e.g. `aws_lambda_function.assistant_primary_model`. */
  readonly address: string;
  /** Terraform type, e.g. `aws_lambda_function`. */
  readonly type: string;
  readonly name: string;
  /** Its arguments as synthesized and the attributes AWS would have computed (`arn`, `id`, ...). */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The synthesized system asks for something that the local run does not emulate. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';

  /** @param address where it stands: a state address, with the path inside it where there is one */
  constructor(
    readonly address: string,
    what: string,
  ) {
    super(`${address}: ${what}`);
  }
}
