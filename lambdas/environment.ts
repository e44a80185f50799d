/** @returns the variable's value; throws where it is not set, which fails the function's start */
export function environment<Variables>(name: keyof Variables & string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** The region that the function runs in; Lambda sets it. */
export const region = (): string => environment<{ AWS_REGION: string }>('AWS_REGION');
