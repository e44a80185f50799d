export interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Reply =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };
