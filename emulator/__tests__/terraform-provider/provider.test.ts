import { describeWithTerraform, TERRAFORM_TIMEOUT, Workspace } from './terraform';

const role = {
  name: 'worker',
  assume_role_policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  }),
};
const worker = {
  function_name: 'worker',
  role: '${aws_iam_role.worker.arn}',
  filename: 'worker.zip',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  publish: true,
  source_code_hash: 'first',
};
const withFunction = (changed: object = {}) => ({
  aws_iam_role: { worker: role },
  aws_lambda_function: { worker: { ...worker, ...changed } },
});

describeWithTerraform('resources through the real Terraform', () => {
  let workspace: Workspace;
  const open = (settings?: ConstructorParameters<typeof Workspace>[0]) =>
    (workspace = new Workspace(settings));
  afterEach(() => {
    workspace.remove();
  });

  test(
    'what was applied needs no change, is changed in place, and is gone when it is destroyed',
    async () => {
      open();
      const output = { output: { version: { value: '${aws_lambda_function.worker.version}' } } };
      const created = await workspace.apply(withFunction(), output);
      expect(created.output).toContain('2 added, 0 changed, 0 destroyed');
      expect(created.output).toContain('version = "1"');
      expect(await workspace.plan(withFunction(), output)).toMatchObject({ code: 0 });
      const changed = await workspace.apply(withFunction({ source_code_hash: 'second' }));
      expect(changed.output).toContain('0 added, 1 changed, 0 destroyed');
      expect(changed.output).toMatch(/version += "1" -> \(known after apply\)/);
      const destroyed = await workspace.terraform(['destroy', '-auto-approve'], withFunction());
      expect(destroyed.output).toContain('Destroy complete! Resources: 2 destroyed.');
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a name that forces a replacement replaces, and tags of the provider reach the resource',
    async () => {
      open();
      expect((await workspace.apply(withFunction())).output).toMatch(/"project" = "test"/);
      const { output, code } = await workspace.plan(withFunction({ function_name: 'renamed' }));
      expect(output).toMatch(/function_name += "worker" -> "renamed" # forces replacement/);
      expect(code).toBe(2);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a new account refuses reserved concurrency, keeps the function as tainted, and replaces it next time',
    async () => {
      open({ concurrentExecutions: 10 });
      const refused = await workspace.apply(withFunction({ reserved_concurrent_executions: 5 }));
      expect(refused.code).toBe(1);
      expect(refused.output.replace(/\s+/g, ' ')).toContain(
        'UnreservedConcurrentExecution below its minimum value of [10]',
      );
      const next = await workspace.apply(withFunction());
      expect(next.output).toMatch(/aws_lambda_function\.worker is tainted, so must be replaced/);
      expect(next.output).toContain('1 added, 0 changed, 1 destroyed');
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a tainted function that is created before it is destroyed meets its own name',
    async () => {
      open({ failures: ['aws_lambda_function.worker=after-create'] });
      const lifecycle = { create_before_destroy: true };
      expect((await workspace.apply(withFunction({ lifecycle }))).code).toBe(1);
      const { output, code } = await workspace.under({}).apply(withFunction({ lifecycle }));
      expect(output).toContain('ResourceConflictException: Function already exist: worker');
      expect(code).toBe(1);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a function that is replaced takes its aliases with it: what moves one in place finds none',
    async () => {
      open();
      const aliased = (lifecycle: object) => ({
        ...withFunction(),
        aws_lambda_alias: {
          live: {
            name: 'live',
            function_name: '${aws_lambda_function.worker.function_name}',
            function_version: '${aws_lambda_function.worker.version}',
            lifecycle,
          },
        },
      });
      const replaced = (lifecycle = {}) =>
        workspace.terraform(
          ['apply', '-auto-approve', '-replace=aws_lambda_function.worker'],
          aliased(lifecycle),
        );
      expect((await workspace.apply(aliased({}))).code).toBe(0);
      expect((await replaced()).output).toContain('NotFoundException');
      expect((await workspace.apply(aliased({}))).output).toContain('1 added, 0 changed, 0 destroyed');
      const { output } = await replaced({ replace_triggered_by: ['aws_lambda_function.worker.arn'] });
      expect(output).toContain('2 added, 0 changed, 2 destroyed');
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a failure in the middle leaves what was made before it, and the next apply completes',
    async () => {
      open({ failures: ['aws_lambda_function.worker=create:1'] });
      const failed = await workspace.apply(withFunction());
      expect(failed.code).toBe(1);
      expect(failed.output).toContain('creating aws_lambda_function (worker): InternalFailure');
      const next = await workspace.under({}).apply(withFunction());
      expect(next.output).toContain('1 added, 0 changed, 0 destroyed');
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'an interrupt in the middle leaves what was made before it, and the next apply completes',
    async () => {
      open({ latencyMs: 1_000 });
      const interrupted = await workspace.terraform(
        ['apply', '-auto-approve'],
        withFunction(),
        {},
        (line, kill) => {
          if (line.includes('aws_iam_role.worker: Creation complete')) kill('SIGINT');
        },
      );
      expect(interrupted.code).toBe(1);
      const next = await workspace.under({}).apply(withFunction());
      expect(next.output).toContain('1 added, 0 changed, 0 destroyed');
    },
    TERRAFORM_TIMEOUT,
  );
});
