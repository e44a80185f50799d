import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import { EVACUATION_SWITCH, SWITCH_KEY } from '../../contract/evacuation';
import { answersWithin, IN_NEED_MS } from '../command/target';

/** Whether the primary region is evacuated. */
export interface EvacuationState {
  readonly evacuated: boolean;
  /** ISO 8601; when an operator turned the switch. Absent while it is off. */
  readonly since?: string;
}

/** Says when the switch was turned; only people read it. */
const SINCE = 'since';

const KEY = { [SWITCH_KEY]: { S: EVACUATION_SWITCH } };

/**
 * Turns the switch that evacuates the primary region: one item of a table in the *standby* region. Only the data
 * plane of that region's DynamoDB is called, so that nothing of the primary region has to work.
 */
export class EvacuationAdmin {
  private readonly client: DynamoDBClient;

  /** @param configuration of a client in the standby region */
  constructor(
    private readonly table: string,
    configuration: DynamoDBClientConfig,
  ) {
    this.client = new DynamoDBClient({ requestHandler: answersWithin(IN_NEED_MS), ...configuration });
  }

  async read(): Promise<EvacuationState> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: KEY, ConsistentRead: true }),
    );
    if (Item === undefined) return { evacuated: false };
    const since = Item[SINCE]?.S;
    return { evacuated: true, ...(since !== undefined && { since }) };
  }

  /** Does nothing where the primary is evacuated already: when that was is for the record of an outage. */
  async evacuate(): Promise<EvacuationState> {
    const since = new Date().toISOString();
    const put = {
      Item: { ...KEY, [SINCE]: { S: since } },
      ConditionExpression: 'attribute_not_exists(#key)',
    };
    try {
      const names = { ExpressionAttributeNames: { '#key': SWITCH_KEY } };
      await this.client.send(new PutItemCommand({ TableName: this.table, ...put, ...names }));
      return { evacuated: true, since };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { ...(await this.read()), evacuated: true };
      throw error;
    }
  }

  /** Gives the primary back to its callers, once its other health checks are good. */
  async giveBack(): Promise<EvacuationState> {
    await this.client.send(new DeleteItemCommand({ TableName: this.table, Key: KEY }));
    return { evacuated: false };
  }

  close(): void {
    this.client.destroy();
  }
}
