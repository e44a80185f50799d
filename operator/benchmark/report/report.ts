import { reportPage } from '../../report/page';
import type { JudgedResult } from '../result-file';
import { costQualitySection } from './section/cost-quality-section';
import { failureSection } from './section/failure-section';
import { factsOf, verdictOf } from './section/head';
import { latencySection } from './section/latency-section';
import { qualitySection } from './section/quality-section';

export const htmlReport = (result: JudgedResult): string =>
  reportPage({
    title: 'Benchmark: models on your own questions',
    startedAt: result.startedAt,
    verdict: verdictOf(result),
    facts: factsOf(result),
    warnings: [...result.warnings, ...result.quality.warnings],
    sections: [
      latencySection(result),
      costQualitySection(result),
      failureSection(result),
      qualitySection(result),
    ],
  });
