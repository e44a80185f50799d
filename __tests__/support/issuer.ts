import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenIssuer {
  readonly issuer: string;
  /** A token that is good for an hour, unless the claims or the header say otherwise. */
  readonly token: (claims?: object, header?: object, key?: KeyObject) => string;
  /** How often its public keys were asked for. */
  asked(): number;
  /** From now on, it answers so; with these keys, where they are told, beside its own. */
  answer(status: number, others?: readonly unknown[]): void;
  /** From now on, its own key is not among those that it publishes. */
  withdraw(): void;
  close(): void;
}

const KEY_ID = 'one';
export const AUDIENCE = 'assistant';

/** Somebody who signs tokens, and publishes the key to verify them by. */
export async function startIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' }] };
  let asked = 0;
  let status = 200;
  let beside: readonly unknown[] = [];
  const server = createServer((_, response) => {
    asked += 1;
    response
      .writeHead(status, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ keys: [...beside, ...jwks.keys] }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const now = () => Math.floor(Date.now() / 1_000);
  return {
    issuer,
    token: (claims, header, key = privateKey) => {
      const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
      const signed = [
        encode({ alg: 'RS256', kid: KEY_ID, ...header }),
        encode({ iss: issuer, aud: AUDIENCE, sub: 'shop', iat: now(), exp: now() + 3_600, ...claims }),
      ].join('.');
      return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
    },
    asked: () => asked,
    answer: (next, others = []) => {
      status = next;
      beside = others;
    },
    withdraw: () => {
      jwks.keys = [];
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What expires, what is signed by somebody else, what is meant for somebody else, and so on. */
export function badTokens({ token }: TokenIssuer): readonly (readonly [what: string, token: string])[] {
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  const past = Math.floor(Date.now() / 1_000) - 10;
  const unsigned = token({}, { alg: 'none' }).replace(/[^.]*$/, '');
  return [
    ['expired', token({ exp: past })],
    ['without an end', token({ exp: undefined })],
    ['not valid yet', token({ nbf: past + 3_600 })],
    ['signed by somebody else', token({}, {}, foreign)],
    ['of another issuer', token({ iss: 'https://issuer.example.com' })],
    ['for another audience', token({ aud: 'another' })],
    ['of an unknown key', token({}, { kid: 'two' })],
    ['without a signature', unsigned],
    ['signed by the public key as a secret', token({}, { alg: 'HS256' })],
    ['with an extension that must be understood', token({}, { crit: ['b64'], b64: true })],
    ['with an empty list of such', token({}, { crit: [] })],
    ['of a caller without a name', token({ sub: '' })],
    ['without a caller', token({ sub: undefined })],
    ['of a caller with a strange name', token({ sub: '"},"x":{"' })],
    ['no token', 'a.b.c'],
  ];
}
