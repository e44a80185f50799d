/** The package has no declarations of its own. */
declare module 'asl-validator' {
  function validate(
    /** Parsed; the validator writes `QueryLanguage` into each state. */
    definition: unknown,
    options?: { readonly checkArn: boolean; readonly checkPaths: boolean },
  ): { readonly isValid: boolean; readonly errorsText: (separator?: string) => string };
  export = validate;
}
