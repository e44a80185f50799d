import { StopModelCustomizationJobCommand } from '@aws-sdk/client-bedrock';
import fc from 'fast-check';
import {
  afterEvent,
  type Job,
  type JobEvent,
  jobRequestSchema,
  type JobStatus,
  newJob,
  TRANSITIONS,
} from '../../../services/bedrock/customization-job';
import { tunableModels } from '../../../services/bedrock/tunable-models';
import { NOVA, Rig } from './fixture';

const EVENTS: readonly JobEvent[] = ['completed', 'failed', 'stopRequested', 'stopped'];
const statuses = Object.keys(TRANSITIONS) as JobStatus[];

describe('a job’s status', () => {
  const job = (status: JobStatus, rig: Pick<Rig, 'job'>): Job => {
    const baseModel = tunableModels('us-east-1').find(({ id }) => id === NOVA);
    if (!baseModel) throw new Error('The model is gone.');
    const request = jobRequestSchema.parse(rig.job());
    return { ...newJob({ arn: 'arn', createdAt: 0, request, baseModel, hyperParameters: {} }), status };
  };

  it.each(statuses.flatMap((status) => EVENTS.map((event) => [status, event] as const)))(
    'follows the table: %s, %s',
    (status, event) => {
      const after = afterEvent(job(status, Rig.prototype), event, 1);
      expect(after?.status).toBe(TRANSITIONS[status][event]);
      expect(after?.endedAt).toBe(after && after.status !== 'Stopping' ? 1 : undefined);
    },
  );
});

type Step =
  | { readonly kind: 'create'; readonly token: number; readonly name: number }
  | { readonly kind: 'stop'; readonly name: number }
  | { readonly kind: 'advance'; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('create' as const), token: fc.nat(2), name: fc.nat(2) }),
    fc.record({ kind: fc.constant('stop' as const), name: fc.nat(2) }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
  ),
  { maxLength: 25 },
);

const REACHABLE: Readonly<Record<JobStatus, readonly string[]>> = {
  InProgress: ['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'],
  Stopping: ['Stopping', 'Stopped'],
  Completed: ['Completed'],
  Failed: ['Failed'],
  Stopped: ['Stopped'],
};

it('never makes two jobs of a token, nor moves a job along an edge that does not exist', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const rig = await Rig.start();
      const refused = (error: unknown) => {
        expect(['ConflictException', 'ValidationException', 'ResourceNotFoundException']).toContain(
          (error as Error).name,
        );
        return undefined;
      };
      const byToken = new Map<number, string>();
      const seen = new Map<string, JobStatus>();
      try {
        for (const step of sequence) {
          await act(rig, step).then((arn) => {
            if (step.kind !== 'create' || arn === undefined) return;
            expect(byToken.get(step.token) ?? arn).toBe(arn);
            byToken.set(step.token, arn);
            seen.set(arn, seen.get(arn) ?? 'InProgress');
          }, refused);
          for (const [arn, before] of seen) {
            const { status = 'Failed', outputModelArn } = await rig.get(arn);
            expect(REACHABLE[before]).toContain(status);
            expect(outputModelArn !== undefined).toBe(status === 'Completed');
            seen.set(arn, status);
          }
        }
        expect(byToken.size).toBe(new Set(byToken.values()).size);
      } finally {
        await rig.close();
      }
    }),
    { numRuns: 30 },
  );
});

async function act(rig: Rig, step: Step): Promise<string | undefined> {
  switch (step.kind) {
    case 'create': {
      const name = `job-${step.name}`;
      return rig.create({ clientRequestToken: `token-${step.token}`, jobName: name, customModelName: name });
    }
    case 'stop':
      await rig.client.send(new StopModelCustomizationJobCommand({ jobIdentifier: `job-${step.name}` }));
      return undefined;
    case 'advance':
      await rig.advance(step.ms);
      return undefined;
  }
}
