/** The guardrail that a tier applies: a version of it, which never changes. */
export interface Guardrail {
  readonly guardrailIdentifier: string;
  readonly guardrailVersion: string;
  /** What it says in place of an answer: in a stream this comes after what had passed before. */
  readonly outputMessage: string;
}
