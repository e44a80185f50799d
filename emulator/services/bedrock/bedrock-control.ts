import { withEffect } from '../../platform/faults/effects';
import { AwsServer } from '../../platform/http/server';
import { Background } from './background';
import { deploymentRoutes, Deployments } from './custom-model-deployments';
import { customModelRoutes, CustomModels } from './custom-models';
import { jobRoutes, Jobs } from './customization-jobs';
import { foundationModelRoute } from './foundation-models';
import { dispatch, type Route } from './http';
import type { BedrockControlOptions } from './options';
import { throughputRoutes, Throughputs } from './provisioned-throughput';
import { tagRoute, type Tags } from './tags';

/** Far more than the largest request, which is full of tags. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Bedrock's control plane in one region, as far as fine-tuning needs it, over its real protocol. Jobs run on emulated
 * time, read their data and write their metrics; nothing is trained, and their losses are invented. What is not
 * emulated (importing, distillation, guardrails, ...) is refused: UnknownOperationException, or ValidationException for a
 * member of a request.
 */
export function createBedrockControl(options: BedrockControlOptions): Pick<AwsServer, 'listen' | 'close'> {
  const background = new Background(options.clock);
  const routes = createRoutes(options, background);
  const server = new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    handle: (request) =>
      withEffect(options.intercept?.(), () => dispatch(routes, request, options), request.signal),
  });
  return {
    listen: () => server.listen(),
    // Ends the jobs that are in progress, too; they are not heard of again.
    close: async () => {
      await server.close();
      await background.close();
    },
  };
}

function createRoutes(options: BedrockControlOptions, background: Background): readonly Route[] {
  const { region, clock } = options;
  const tags: Tags = new Map();
  const models = new CustomModels(region, clock, tags);
  const serving = {
    region,
    clock,
    tags,
    background,
    served: options.served,
    findModel: (identifier: string) => models.register.find(identifier),
  };
  const deployments = new Deployments(serving);
  const throughputs = new Throughputs(serving);
  const jobs = new Jobs(options, models, tags, background);
  const exists = (arn: string) =>
    [jobs, models, deployments, throughputs].some(({ register }) => register.has(arn));
  return [
    ...jobRoutes(jobs, region),
    ...customModelRoutes(models, region),
    ...deploymentRoutes(deployments),
    ...throughputRoutes(throughputs, region),
    foundationModelRoute(region, () => clock.now()),
    tagRoute(tags, exists),
  ];
}
