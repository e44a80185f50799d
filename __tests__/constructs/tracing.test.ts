import { synthesize, type ResourceJson } from '../support/synthesize';

describe.each([
  ['tracing', true],
  ['no tracing', false],
] as const)('with %s', (_, tracing) => {
  const app = synthesize({ tracing });
  afterAll(app.remove);

  describe.each(['primary', 'secondary'] as const)('the %s region', (name) => {
    const { resource } = app.stack(name);
    const all = (type: string): readonly (readonly [string, ResourceJson])[] =>
      Object.entries(resource[type] ?? {});

    it(`${tracing ? 'traces' : 'says of'} its functions, its state machine and the callers’ API, not the probes’`, () => {
      const functions = all('aws_lambda_function');
      expect(functions.length).toBeGreaterThan(5);
      const mode = tracing ? 'Active' : 'PassThrough';
      for (const [, { tracing_config: config }] of functions) expect(config).toEqual({ mode });
      const machines = all('aws_sfn_state_machine');
      expect(machines.map(([, values]) => values.tracing_configuration)).toEqual([{ enabled: tracing }]);
      const stages = all('aws_api_gateway_stage').map(([stage, values]) => [
        stage,
        values.xray_tracing_enabled,
      ]);
      expect(Object.fromEntries(stages)).toEqual({
        assistant_api_stage: tracing,
        assistant_probe_api_stage: false,
      });
    });

    it('gives the rights to write traces to whom it traces alone', () => {
      const writers = all('aws_iam_role_policy').filter(([, { policy }]) =>
        String(policy).includes('xray:PutTraceSegments'),
      );
      const traced = all('aws_lambda_function').length + all('aws_sfn_state_machine').length;
      expect(writers).toHaveLength(tracing ? traced : 0);
    });

    it(`has ${tracing ? 'a' : 'no'} rule by which the state machine records nothing of its own accord`, () => {
      const rules = all('aws_xray_sampling_rule').map(([, values]) => values);
      const expected = {
        service_type: 'AWS::StepFunctions::StateMachine',
        resource_arn: '${aws_sfn_state_machine.assistant_workflow.arn}',
        reservoir_size: 0,
        fixed_rate: 0,
      };
      expect(rules).toMatchObject(tracing ? [expected] : []);
    });
  });
});
