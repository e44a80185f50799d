/** What reports of measurements share, here and in the harness beside the product's tests. */
export * from './svg';
export { latenciesOf, percentile, type Latencies } from '../statistics/percentile';
export { randomFrom, shuffled } from '../statistics/shuffle';
export { spreadOf, spreadOver, type Spread } from '../statistics/spread';
