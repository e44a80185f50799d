import type { FailureClass } from '../../contract/bedrock-failures';
import { REACTIONS } from '../../lambdas/tier/reactions';

/**
 * The table of reactions, written out a second time: other tests go by the table itself, so that a value changed in it
 * by mistake would be what they expect. Who changes a reaction on purpose changes it here as well.
 */
const EXPECTED = `
  failure                  retries  then          cause          counts  alarms
  throttled                1        next_tier     load           bad     no
  unavailable              1        next_tier     service        bad     no
  internal_error           1        next_tier     service        bad     no
  not_ready                1        next_tier     service        bad     no
  connection_failed        1        next_tier     service        bad     no
  connection_lost          0        next_tier     service        bad     no
  timeout                  0        next_tier     service        bad     no
  stalled                  0        next_tier     service        bad     no
  model_timeout            0        next_tier     service        bad     no
  model_error              0        next_tier     service        bad     no
  invalid_response         0        next_tier     service        bad     no
  model_not_found          0        next_tier     configuration  bad     yes
  access_denied            0        next_tier     configuration  bad     yes
  wrong_throughput         0        next_tier     configuration  bad     yes
  misconfigured            0        next_tier     configuration  bad     yes
  quota_exceeded           0        next_tier     load           bad     yes
  request_rejected         0        next_tier     caller         void    yes
  input_too_long           0        larger_model  caller         void    no
  content_filtered         0        answer        caller         alive   no
  guardrail_intervened     0        answer        caller         void    no
  guardrail_throttled      1        next_tier     load           void    no
  guardrail_unavailable    1        next_tier     service        void    no
  guardrail_misconfigured  0        next_tier     configuration  void    yes
  no_answer                0        next_tier     caller         good    no
  budget_spent             0        next_tier     caller         good    yes
  unfinished               0        next_tier     caller         alive   no
  out_of_time              0        next_tier     caller         void    no
  abandoned                0        nothing       caller         void    no
  unknown                  0        next_tier     service        bad     yes
`;

const [, ...rows] = EXPECTED.trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));

describe('the table of reactions', () => {
  it.each(rows)('has for %s what is written here', (failure, retries, then, cause, counts, alarms) => {
    const { meaning: _, ...fields } = REACTIONS[failure as FailureClass];
    expect(fields).toEqual({ retries: Number(retries), then, cause, counts, alarms: alarms === 'yes' });
  });

  it('has no row more, and none less', () => {
    expect(Object.keys(REACTIONS)).toEqual(rows.map(([failure]) => failure));
  });
});
