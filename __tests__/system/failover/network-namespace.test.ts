import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describeWhere } from '../../support/describe-where';
import { ROOT } from '../../support/synthesize';

/** What `callers.ts` writes: one line a request. */
interface Observation {
  readonly client: 'curl' | 'keep-alive';
  /** Region that answered; null for no answer. */
  readonly region: string | null;
}

/** A network, a mount table and a user of its own: nothing outside changes, and nothing is left behind. */
const ISOLATION = ['unshare', '--map-root-user', '--net', '--mount'] as const;

function isolationIsAllowed(): boolean {
  try {
    const [command, ...args] = ISOLATION;
    execFileSync(command, [...args, 'sh', '-c', 'ip link set lo up && curl --version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Mounts an own resolv.conf over the machine's, for this mount table alone, and runs the callers. */
const SCRIPT = `
set -e
ip link set lo up
file=$(mktemp)
echo 'nameserver 127.0.0.1' > "$file"
mount --bind "$file" /etc/resolv.conf
rm "$file"
exec "$@"
`;

async function observe(): Promise<readonly Observation[]> {
  const [command, ...args] = ISOLATION;
  const callers = join(__dirname, 'callers.ts');
  const child = spawn(
    command,
    [...args, 'sh', '-c', SCRIPT, 'sh', process.execPath, '--no-warnings', '--import', 'tsx', callers],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The callers ended with ${String(code)}: ${output}`);
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Observation);
}

const suite = describeWhere(isolationIsAllowed(), 'network namespaces (unshare), for real clients by name');

suite('real clients that resolve the failover name', () => {
  let observations: readonly Observation[];
  beforeAll(async () => {
    observations = await observe();
  });

  it.each(['curl', 'keep-alive'] as const)('%s goes on being answered after the move', (client) => {
    const regions = observations.filter((each) => each.client === client).map(({ region }) => region);
    expect([...new Set(regions)]).toEqual(['us-east-1', null, 'us-west-2']);
    expect(regions.lastIndexOf('us-east-1')).toBeLessThan(regions.indexOf('us-west-2'));
  });
});
