import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import { asOf, forced, phaseOf, untouched, type Circuit, type Phase } from '../../contract/circuit';
import { getCircuit, putCircuit, readCircuit } from '../../contract/circuit-item';
import { answersWithin, IN_NEED_MS } from '../command/target';

/** A model's circuit as an operator reads it. */
export interface CircuitReport {
  readonly model: string;
  readonly phase: Phase;
  /** Opened by an operator: it stays open until an operator closes it. */
  readonly forced: boolean;
  /** Failures of all instances in the current window, while closed. */
  readonly failures: number;
  readonly failedProbes: number;
  readonly goodProbes: number;
  /** ISO 8601; when the next probe may go. */
  readonly openUntil?: string;
  readonly probeUnderWay: boolean;
}

/** Conflicts come from instances that write at the same moment. */
const MAX_WRITES = 20;

/** A region's circuits, seen and forced from outside. */
export class CircuitAdmin {
  private readonly client: DynamoDBClient;

  constructor(
    private readonly table: string,
    configuration: DynamoDBClientConfig,
  ) {
    this.client = new DynamoDBClient({ requestHandler: answersWithin(IN_NEED_MS), ...configuration });
  }

  /** Models without a circuit have not failed, or not for a day. */
  async list(): Promise<readonly CircuitReport[]> {
    const now = Date.now();
    const { Items = [] } = await this.client.send(
      new ScanCommand({ TableName: this.table, ConsistentRead: true }),
    );
    return Items.map((item) => report(asOf(readCircuit(item), now), now));
  }

  /** @throws Error when instances write faster than this does */
  async force(model: string, to: 'open' | 'closed'): Promise<CircuitReport> {
    const now = Date.now();
    for (let writes = 0; writes < MAX_WRITES; writes += 1) {
      const { Item } = await this.client.send(new GetItemCommand(getCircuit(this.table, model)));
      const circuit = forced(Item === undefined ? untouched(model) : asOf(readCircuit(Item), now), to);
      if (await this.write(circuit)) return report(circuit, now);
    }
    throw new Error(`The circuit of ${model} changed at each of ${MAX_WRITES} writes. Try again.`);
  }

  /** @returns false where an instance has written in between */
  private async write(circuit: Circuit): Promise<boolean> {
    try {
      await this.client.send(new PutItemCommand(putCircuit(this.table, circuit, Date.now())));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  close(): void {
    this.client.destroy();
  }
}

function report(circuit: Circuit, now: number): CircuitReport {
  const {
    model,
    state,
    forced: isForced = false,
    failures,
    failedProbes,
    goodProbes,
    openUntil,
    lease,
  } = circuit;
  return {
    model,
    phase: phaseOf(circuit, now),
    forced: isForced,
    failures,
    failedProbes,
    goodProbes,
    ...(state === 'open' && !isForced && { openUntil: new Date(openUntil).toISOString() }),
    probeUnderWay: lease !== undefined && now < lease.until,
  };
}
