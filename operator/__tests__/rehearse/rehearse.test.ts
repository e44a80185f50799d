import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PORTS, type Status } from '@assistant/emulator';
import { Account } from '../../../emulator/terraform-provider/cloud/account';
import { REHEARSAL_KEY } from '../../rehearse/placeholders';
import { PROJECT, projectConfig } from '../../command/project';
import { NOT_YET } from '../../console/server/aws/reading';
import { assistant } from '../assistant';
import { told, type Told } from '../console/console-page';
import { describeRehearsal, rehearse, removeRehearsal } from './rehearse';

/** The whole of it takes 30 s on two idle cores, and more where others are at work. */
const TIMEOUT = 600_000;

const PORT_BASE = 9_600;

/** What a console of the deployment tells a page, once all is read. */
async function consoleOf(exports: string): Promise<Told> {
  const environment = Object.fromEntries(
    [...exports.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value]) => [name, value]),
  );
  let seen: Promise<Told> | undefined;
  const onOutput = (output: string, interrupt: () => void) => {
    const [url] = /http:\S+/.exec(output) ?? [];
    if (url === undefined || seen !== undefined) return;
    seen = told(url, ({ picture: { unread = [''] } }) => !unread.some((part) => part.endsWith(NOT_YET)));
    void seen.finally(interrupt);
  };
  await rehearse(['--target', 'aws', '--port', '0'], environment, onOutput, ['console']);
  if (seen === undefined) throw new Error('The console has not begun.');
  return seen;
}

/** The tree of what is in the working tree, with another configuration; neither it nor git's index is touched. */
function revisionWith(change: (config: { healthCheck: { intervalSeconds: number } }) => void): string {
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', args, {
      cwd: PROJECT,
      encoding: 'utf8',
      input,
      env: { ...process.env, GIT_INDEX_FILE: join(folder, 'index') },
    }).trim();
  const configured = JSON.parse(readFileSync(join(PROJECT, 'cdktf.json'), 'utf8')) as {
    context: { assistant: { healthCheck: { intervalSeconds: number } } };
  };
  change(configured.context.assistant);
  const blob = git(['hash-object', '-w', '--stdin'], JSON.stringify(configured));
  git(['add', '--all']);
  git(['update-index', '--cacheinfo', `100644,${blob},cdktf.json`]);
  return git(['write-tree']);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'a rehearsal '));
});
afterEach(() => removeRehearsal(folder));

const { mlops, evacuation, ...shipped } = projectConfig();

describeRehearsal('a rehearsed deployment', () => {
  test(
    'into a new account is interrupted, fails, and is completed by the next; then it is served, nothing is left to change, both regions have one state, DNS leads away from what is destroyed, and nothing stays',
    async () => {
      const here = ['--in', folder] as const;
      const run = (...args: readonly string[]) =>
        rehearse([...args, ...here], { LOCAL_PORT_BASE: String(PORT_BASE) });
      const apply = ['--new-account', '--auto-approve'];

      let isInterrupted = false;
      const interrupted = await rehearse(
        ['deploy', 'secondary', ...apply, '--latency', '100', ...here],
        {},
        (output, interrupt) => {
          if (isInterrupted || !output.includes('Creation complete')) return;
          isInterrupted = true;
          interrupt();
        },
      );
      expect(interrupted.code).toBe(130);
      expect(interrupted.output).toMatch(
        /secondary is not deployed:\nPlan: \d+ to add.*\n\n.* goes on from there: npm run assistant -- rehearse deploy secondary --in/,
      );

      const failures = [
        'aws_lambda_function.assistant_health=create',
        'aws_lambda_function.assistant_degradation=after-create',
      ];
      const failed = await run(
        'deploy',
        'secondary',
        ...apply,
        ...failures.flatMap((each) => ['--fail', each]),
      );
      expect(failed.output).toMatch(
        /creating aws_lambda_function \(customer-assistant-health\): InternalFailure/,
      );
      expect(failed.code).not.toBe(0);

      const deployed = await run('deploy', 'primary', 'secondary', 'conversations', 'mlops', ...apply);
      expect(deployed.output).toMatch(
        /aws_lambda_function.assistant_degradation .* is tainted, so must be replaced/,
      );
      expect(deployed.output).toContain('failover_url = https://assistant.rehearsal.internal/');
      expect(deployed.output).toContain(`What is deployed is served at http://127.0.0.1:${PORT_BASE}/`);
      expect(deployed.output).toContain('Here deletionProtection is false, so that a destroy leaves nothing');
      expect(deployed.code).toBe(0);
      const ask = async (request: object = {}, at: 'failover' | 'secondary' = 'failover') => {
        const body = JSON.stringify({ question: 'Hello?', ...request });
        const headers = { 'Content-Type': 'application/json', 'x-api-key': REHEARSAL_KEY };
        const answer = await fetch(`http://127.0.0.1:${PORT_BASE + PORTS[at]}/`, {
          method: 'POST',
          headers,
          body,
        });
        return (await answer.json()) as { region: string; conversation?: { stored: boolean } };
      };
      expect(await ask({ conversation: 'new' })).toMatchObject({
        region: 'us-east-1',
        conversation: { stored: true },
      });

      const seen = await consoleOf((await run('env')).output);
      expect(seen.about.tools).toBeNull();
      expect(seen.picture).toMatchObject({
        failover: { name: 'assistant.rehearsal.internal', servedBy: 'primary' },
        regions: [
          { region: 'us-east-1', answers: { primary: 1 }, configuration: { deployed: { number: 1 } } },
          { region: 'us-west-2', circuits: [] },
        ],
        unread: [],
      });

      const plans = await run('diff', 'primary', 'secondary', 'conversations', 'mlops');
      expect(plans.output.match(/No changes\./g)).toHaveLength(4);
      const summed = await assistant(0, 'plan-summary', join(folder, 'plan.primary.json'));
      expect(summed.output).toContain('plan: nothing changes.');

      const states = await assistant(0, 'state-check', '--in', folder);
      expect(states.output).toContain('They differ, as they may:');
      expect(states.code).toBe(0);

      const elsewhere = { ...shipped.regions, secondary: 'us-east-2' };
      const moved = await rehearse(['diff', 'secondary', ...here], {
        CDKTF_CONTEXT_JSON: JSON.stringify({
          assistant: { ...shipped, regions: elsewhere, mlops, evacuation },
        }),
      });
      expect(moved.output.replace(/[│\s]+/g, ' ')).toContain(
        'deployed in us-west-2, and Terraform moves nothing',
      );

      // As shipped, what operators set in a region is protected, and the training data.
      const protection = ['--deletion-protection', '--auto-approve', ...here];
      const kept = await rehearse(['destroy', 'secondary', ...protection]);
      expect(kept.code).toBe(1);
      expect(kept.output).toMatch(
        /secondary is not destroyed, [^]*prevent_destroy[^]*evacuation or conversations\) false/,
      );
      const oneRegion = { ...shipped, mlops, evacuation: { deletionProtection: false } };
      const half = await rehearse(['destroy', 'primary', 'conversations', 'mlops', ...protection], {
        CDKTF_CONTEXT_JSON: JSON.stringify({ assistant: oneRegion }),
      });
      expect(half.code).toBe(1);
      expect(half.output).toMatch(
        /mlops is not destroyed, and is served as before:\nInstance cannot be destroyed\. .*prevent_destroy[^]*deletionProtection \(of mlops/,
      );
      expect(half.output).toContain('conversations is not destroyed, and is served as before');
      expect(half.output).not.toContain('primary is not destroyed');
      const control = await fetch(`http://127.0.0.1:${PORT_BASE + PORTS.control}/status`);
      const { failover, regions } = (await control.json()) as Status;
      expect([failover.resolvesTo, Object.keys(regions)]).toEqual(['secondary', ['secondary']]);
      const apart = await run('destroy', 'conversations', '--auto-approve');
      expect(apart.code).toBe(0);
      // The failover name's caller may know the region that is gone until its record's TTL is over.
      expect(await ask({ conversation: 'new' }, 'secondary')).toMatchObject({
        region: 'us-west-2',
        conversation: { stored: false },
      });
      const destroyed = await run('destroy', 'secondary', 'mlops', '--auto-approve');
      expect(destroyed.code).toBe(0);
      await expect(ask()).rejects.toThrow();
      expect(new Account(join(folder, 'account.jsonl')).all()).toEqual([]);
      expect(existsSync(join(PROJECT, 'terraform.primary.tfstate'))).toBe(false);
    },
    TIMEOUT,
  );

  test(
    'of two environments puts them beside each other into one account, where no name collides; each is planned and destroyed alone',
    async () => {
      const run = (environment: string, ...args: readonly string[]) =>
        rehearse([...args, '--in', folder], { ASSISTANT_ENVIRONMENT: environment });
      const stacks = ['primary', 'conversations', 'mlops'];
      const environments = ['', 'development'];
      const accounted = () => new Account(join(folder, 'account.jsonl')).all().length;
      const counts: number[] = [];
      for (const environment of environments) {
        const deployed = await run(environment, 'deploy', ...stacks, '--auto-approve', '--no-serve');
        expect(deployed).toMatchObject({ code: 0 });
        counts.push(accounted());
      }
      const [first = 0, both = 0] = counts;
      expect(both).toBeGreaterThan(first * 1.8);
      for (const environment of environments) {
        const { output } = await run(environment, 'diff', 'primary');
        // In two parts: what else stands there is told where it fails.
        expect(output.split('No changes.')).toHaveLength(2);
      }
      for (const environment of environments) {
        const destroyed = await run(environment, 'destroy', ...stacks, '--auto-approve', '--no-serve');
        expect(destroyed).toMatchObject({ code: 0 });
        expect(accounted()).toBe(environment === '' ? both - first : 0);
      }
    },
    TIMEOUT,
  );

  test(
    'is torn down whole: what holds data is exported, versions of operators go, and nothing is left',
    async () => {
      const command = (...args: readonly string[]) =>
        rehearse(args, { LOCAL_PORT_BASE: String(PORT_BASE) }, undefined, []);
      const here = ['--in', folder] as const;
      const stacks = ['primary', 'secondary', 'conversations', 'mlops'];
      const deploy = ['rehearse', 'deploy', ...stacks, '--auto-approve', '--deletion-protection', ...here];
      expect(await command(...deploy)).toMatchObject({ code: 0 });
      const asked = await fetch(`http://127.0.0.1:${PORT_BASE + PORTS.failover}/`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'x-api-key': REHEARSAL_KEY },
        body: JSON.stringify({ question: 'What did I keep?', conversation: 'new' }),
      });
      expect(asked.status).toBe(200);
      const set = ['models', 'set', 'general.primary', 'us.amazon.nova-pro-v1:0', '--now', '--yes'];
      expect(await command(...set)).toMatchObject({ code: 0 });

      expect(await command('teardown', ...stacks, ...here)).toMatchObject({ code: 1 });
      const exported = join(folder, 'exported');
      const { code, output } = await command('teardown', ...stacks, '--export', exported, '--yes', ...here);
      expect(output).toContain('conversations, protected');
      expect(output).toContain('Destroyed: mlops, secondary, primary, conversations.');
      expect(code).toBe(0);
      const kept = readFileSync(join(exported, 'us-east-1.customer-assistant-conversations.jsonl'), 'utf8');
      expect(kept).toContain('What did I keep?');
      const rules = readFileSync(join(exported, 'us-west-2.ModelConfig.2.json'), 'utf8');
      expect(rules).toContain('us.amazon.nova-pro-v1:0');
      expect(new Account(join(folder, 'account.jsonl')).all()).toEqual([]);
    },
    TIMEOUT,
  );

  test(
    'as shipped is refused at the plan, by the guards against placeholders',
    async () => {
      const { code, output } = await rehearse(['diff', 'primary', '--as-shipped', '--in', folder]);
      const said = output.replace(/[│\s]+/g, ' ');
      expect(said).toContain('assistant.example.com is a placeholder that nobody can own');
      expect(said).toContain('The key of "demo" is local-demo-key, which everybody knows');
      expect(code).not.toBe(0);
      expect((await rehearse(['reset', '--in', folder])).output).toContain('The rehearsal is forgotten');
    },
    TIMEOUT,
  );

  test(
    'of an upgrade deploys another revision, says what this one changes, leaves nothing to change, and names what is refused',
    async () => {
      const slower = revisionWith((config) => {
        config.healthCheck.intervalSeconds = 30;
      });
      const moved = {
        ...shipped,
        evacuation,
        regions: { ...shipped.regions, mlops: 'us-west-2' },
        mlops: { ...mlops, baseModel: 'meta.llama3-1-8b-instruct-v1:0:128k' },
      };
      const { code, output } = await rehearse(
        ['upgrade', 'mlops', 'secondary', '--from', slower, '--apply', '--in', folder],
        { CDKTF_CONTEXT_JSON: JSON.stringify({ assistant: moved }) },
      );
      expect(output).toContain('secondary: 1 REPLACED OR DESTROYED WITH DATA OR A NAME');
      expect(output).toContain('+/- aws_route53_health_check.assistant_failover_health_endpoint');
      expect(output).toContain('forced by request_interval: 30 → 10');
      expect(output.replace(/[│\s]+/g, ' ')).toMatch(/mlops: REFUSED As it is, .* Terraform moves nothing/);
      expect(code).toBe(1);
    },
    TIMEOUT,
  );
});
