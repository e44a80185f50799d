import type { CircuitSettings } from '../../contract/circuit';
import { environment } from '../environment';
import { log } from '../log';
import { countTransition } from '../metrics';
import { CircuitBreaker } from './circuit-breaker';
import { dynamoDbCircuitStore } from './dynamodb-circuit-store';

/** This instance's view of its region's circuits. */
export const circuits = new CircuitBreaker({
  store: dynamoDbCircuitStore(environment('CIRCUIT_TABLE')),
  settings: JSON.parse(environment('CIRCUIT_SETTINGS')) as CircuitSettings,
  onTransition: (model, from, to) => {
    log(to === 'closed' ? 'INFO' : 'WARN', 'circuit_transition', { model, from, to });
    countTransition(model, to);
  },
  onStoreFailure: (error) => {
    log('WARN', 'circuit_store_failed', { error: error instanceof Error ? error.name : 'unknown' });
  },
});
