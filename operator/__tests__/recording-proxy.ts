import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to AWS that has been answered. */
export interface Recorded {
  /** E.g. `UploadPart 3`. */
  readonly operation: string;
  readonly status: number;
}

/** Stands between a client and a service, keeps a record of what is asked, and tells when something has been answered. */
export class RecordingProxy {
  readonly requests: Recorded[] = [];
  onAnswer: (answered: Recorded) => void = () => undefined;
  private readonly server = createServer((message, response) => {
    this.forward(message, response);
  });

  /** @param operationOf names what is asked for */
  constructor(
    private readonly upstream: string,
    private readonly operationOf: (message: IncomingMessage, url: URL) => string,
  ) {}

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** How often each operation was answered well, e.g. `{'UploadPart 1': 1}`. */
  get answeredWell(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { operation, status } of this.requests)
      if (status < 300) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  private forward(message: IncomingMessage, response: ServerResponse): void {
    const url = new URL(message.url ?? '/', this.upstream);
    const onward = request(url, { method: message.method, headers: message.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
      answer.on('end', () => {
        const answered = {
          operation: this.operationOf(message, url),
          status: answer.statusCode ?? 0,
        };
        this.requests.push(answered);
        this.onAnswer(answered);
      });
    });
    onward.on('error', () => message.socket.resetAndDestroy());
    message.on('error', () => onward.destroy());
    // A client that is killed in the middle of a body leaves nothing behind.
    response.on('close', () => {
      if (!response.writableEnded) onward.destroy();
    });
    message.pipe(onward);
  }
}
