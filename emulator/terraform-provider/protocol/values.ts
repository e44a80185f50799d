import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

/** A value that is known only after the apply. */
export class Unknown {
  readonly kind = 'unknown';
}
export const UNKNOWN = new Unknown();

/** An object as Terraform sends it: every attribute of its schema, null where it is not set. */
export type Values = Readonly<Record<string, unknown>>;

export interface DynamicValue {
  readonly msgpack: Uint8Array;
}

/** Terraform's unknown values: extension 0, or 12 where something is known of them. */
const UNKNOWN_TYPES = [0, 12];

const extensionCodec = new ExtensionCodec();
for (const type of UNKNOWN_TYPES) {
  extensionCodec.register({
    type,
    encode: (value) => (value instanceof Unknown && type === 0 ? new Uint8Array([0]) : null),
    decode: () => UNKNOWN,
  });
}

export const toDynamic = (values: Values | null): DynamicValue => ({
  msgpack: encode(values, { extensionCodec }),
});

/** Numbers that no double holds come as text, which Terraform takes back as a number. */
export const fromDynamic = ({ msgpack }: DynamicValue): Values | null =>
  decode(msgpack, { extensionCodec }) as Values | null;

export const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

export const isKnown = (value: unknown): boolean =>
  value instanceof Unknown
    ? false
    : typeof value !== 'object' || value === null || Object.values(value).every(isKnown);
