import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import dynalite from 'dynalite';
import type { Reply } from '../../platform/http/server';
import { UnsupportedError } from '../../stack/resource';
import type { TableDefinition } from './table-definition';

/** Dynalite wants to be signed for, and verifies nothing: whoever calls has been checked before. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': '20260101T000000Z',
};

/** Checks of a new table, and milliseconds between them; it is active within one or two. */
const ACTIVE_CHECKS = 500;
const ACTIVE_CHECK_MS = 2;

/** The tables and DynamoDB's operations on them: dynalite, in memory. */
export class TableStore {
  private readonly server = dynalite({ createTableMs: 0 });

  /** @throws UnsupportedError for a table that DynamoDB refuses to create */
  async create(tables: readonly TableDefinition[]): Promise<void> {
    await Promise.all(tables.map((table) => this.createOne(table)));
  }

  async delete(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.call('DeleteTable', JSON.stringify({ TableName: name }))));
  }

  /**
   * Hands a request to dynalite's server as if it had come by a connection, which that saves. What has arrived is done,
   * whether its caller still waits or not.
   * @param operation e.g. `GetItem`
   * @param body its input, JSON
   */
  call(operation: string, body: string | Buffer): Promise<Reply> {
    return new Promise((resolve) => {
      const request = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      const headers: Record<string, string> = {};
      const response = {
        statusCode: 200,
        setHeader: (name: string, value: string | number) => {
          headers[name.toLowerCase()] = String(value);
        },
        end: (answer: string) => {
          resolve({ status: response.statusCode, headers, body: answer });
        },
      };
      this.server.emit('request', request, response);
      request.emit('data', Buffer.from(body));
      request.emit('end');
    });
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
