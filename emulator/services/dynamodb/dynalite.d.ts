/** The package has no declarations of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB whose tables live in memory; closing the server closes them, too. */
  function dynalite(options?: {
    /** milliseconds that a new table is CREATING */
    readonly createTableMs?: number;
  }): Server;
  export = dynalite;
}
