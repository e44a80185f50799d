/** What reports of measurements share, here and in the harness beside the product's tests. */
export { latenciesOf, percentile, type Latencies } from '../statistics/percentile';
export { randomFrom, shuffled } from '../statistics/shuffle';
export { spreadOf, spreadOver, type Spread } from '../statistics/percentile';
export * from './bars-chart';
export * from './chart';
export * from './html';
export * from './page';
export { seriesStyle } from './style';
export * from './table';
export * from './timeline-chart';
