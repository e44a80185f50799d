import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { describeWhere } from '../support/describe-where';
import { copyApp, synthesize, type StackName } from '../support/synthesize';

/** CDKTF is archived, and these go on with it. They are no dependencies: a try takes half a gigabyte. */
const SUCCESSORS = { cdktn: '0.24.0', '@cdktn/provider-aws': '25.7.0' };

const isWanted = process.env.CDKTN === '1';
const isReachable =
  isWanted && spawnSync('npm', ['view', `cdktn@${SUCCESSORS.cdktn}`, 'version']).status === 0;

describeWhere(isReachable, isWanted ? 'npm’s registry' : 'half a gigabyte of packages: CDKTN=1 npm test')(
  'the way out of CDKTF',
  () => {
    it('is two renamed imports: what is synthesized then differs in nothing but versions', () => {
      const parent = mkdtempSync(join(tmpdir(), 'assistant-cdktn-'));
      const ours = synthesize();
      try {
        installSuccessors(join(parent, 'successors'));
        const app = join(parent, 'app');
        copyApp(app);
        // What is not the successors' is found one folder up.
        renameSync(join(app, 'node_modules'), join(parent, 'node_modules'));
        symlinkSync(join(parent, 'successors', 'node_modules'), join(app, 'node_modules'));
        renameImports(app);
        execFileSync(process.execPath, ['--import', 'tsx', 'main.ts'], {
          cwd: app,
          env: { ...process.env, CDKTF_OUTDIR: join(parent, 'out') },
        });
        for (const name of [
          'primary',
          'secondary',
          'conversations',
          'mlops',
        ] as const satisfies readonly StackName[]) {
          const file = join(parent, 'out', 'stacks', name, 'cdk.tf.json');
          const theirs = JSON.parse(readFileSync(file, 'utf8')) as object;
          expect(withoutVersions(theirs)).toEqual(withoutVersions(ours.stack(name)));
        }
      } finally {
        ours.remove();
        rmSync(parent, { recursive: true, force: true });
      }
    });
  },
);

function installSuccessors(folder: string): void {
  mkdirSync(folder);
  const dependencies = { ...SUCCESSORS, constructs: packageJson.dependencies.constructs };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'ignore',
  });
}

function renameImports(app: string): void {
  const constructs = readdirSync(join(app, 'constructs'), { recursive: true, encoding: 'utf8' });
  const files = ['main.ts', ...constructs.map((file) => join('constructs', file))];
  for (const file of files.filter((name) => name.endsWith('.ts')).map((name) => join(app, name))) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replaceAll("'cdktf'", "'cdktn'").replaceAll("'@cdktf/provider-aws/", "'@cdktn/provider-aws/"),
    );
  }
}

/** Without the version of CDKTF, and the version and the full name of the provider. */
function withoutVersions(stack: object): object {
  const {
    terraform,
    '//': notes,
    ...rest
  } = stack as {
    terraform: { required_providers: object };
    '//': { metadata: object };
  };
  return {
    ...rest,
    terraform: { ...terraform, required_providers: Object.keys(terraform.required_providers) },
    metadata: { ...notes.metadata, version: undefined },
  };
}
