import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import dynalite from 'dynalite';
import type { Reply } from '../../platform/http/server';
import { UnsupportedError } from '../../stack/resource';
import type { TableDefinition } from './table-definition';

const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** Wants to be signed for, and verifies nothing: whoever calls has been checked before. */
const SIGNED = {
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': '20260101T000000Z',
};

/** Checks of a new table, and milliseconds between them; it is active within one or two. */
const ACTIVE_CHECKS = 500;
const ACTIVE_CHECK_MS = 2;

/** The tables and DynamoDB's operations on them: dynalite, on a port of its own that nobody else is told. */
export class TableStore {
  private readonly server = dynalite({ createTableMs: 0 });
  private readonly underWay = new Set<Promise<Reply>>();
  private readonly agent = new Agent({ keepAlive: true });
  private url = '';

  /** @throws UnsupportedError for a table that DynamoDB refuses to create */
  async open(tables: readonly TableDefinition[]): Promise<void> {
    // Its only client keeps its connections: one that was closed while a call is on its way would be lost.
    this.server.keepAliveTimeout = 0;
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    await this.create(tables);
  }

  /** @throws UnsupportedError for a table that DynamoDB refuses to create */
  async create(tables: readonly TableDefinition[]): Promise<void> {
    await Promise.all(tables.map((table) => this.createOne(table)));
  }

  async delete(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.call('DeleteTable', JSON.stringify({ TableName: name }))));
  }

  /**
   * What has arrived is done, whether its caller still waits or not.
   * @param operation e.g. `GetItem`
   * @param body its input, JSON
   */
  async call(operation: string, body: string | Buffer): Promise<Reply> {
    const call = this.send(operation, body);
    this.underWay.add(call);
    try {
      return await call;
    } finally {
      this.underWay.delete(call);
    }
  }

  /** Ends what is under way first: dynalite throws in the face of the process when it is asked while it closes. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    await Promise.allSettled(this.underWay);
    const closed = new Promise<void>((resolve, reject) => {
      this.server.close((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    this.server.closeAllConnections();
    this.agent.destroy();
    await closed;
  }

  private async send(operation: string, body: string | Buffer): Promise<Reply> {
    const target = `DynamoDB_20120810.${operation}`;
    const call = request(this.url, {
      method: 'POST',
      agent: this.agent,
      headers: {
        ...SIGNED,
        'content-type': CONTENT_TYPE,
        'content-length': Buffer.byteLength(body),
        'x-amz-target': target,
      },
    });
    call.end(body);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    const headers = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'].flatMap((name) => {
      const value = response.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    return {
      status: response.statusCode ?? 500,
      headers: Object.fromEntries(headers),
      body: await text(response),
    };
  }

  private async createOne({ address, name, createTable }: TableDefinition): Promise<void> {
    const { status, body } = await this.call('CreateTable', JSON.stringify(createTable));
    if (status !== 200) throw new UnsupportedError(address, `DynamoDB refuses it: ${String(body)}`);
    for (let check = 0; check < ACTIVE_CHECKS; check += 1) {
      const described = await this.call('DescribeTable', JSON.stringify({ TableName: name }));
      const { Table } = JSON.parse(String(described.body)) as { Table?: { TableStatus: string } };
      if (Table?.TableStatus === 'ACTIVE') return;
      await delay(ACTIVE_CHECK_MS);
    }
    throw new Error(`${address}: the table ${name} has not become active.`);
  }
}
