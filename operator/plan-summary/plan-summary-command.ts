import type { Command } from 'commander';
import { EXIT } from '../command/exit-codes';
import { readText } from '../command/files';
import { tell, tellExactly, tellJson } from '../command/output';
import { digestOf, readPlan } from './read-plan';
import { renderMarkdown, renderText } from './render';
import { summarize, type Summary } from './summarize';

const HELP = `
The plan in JSON has secrets in clear text. A pipe leaves none behind:

  terraform plan -out plan.tfplan
  terraform show -json plan.tfplan |
    npm run --silent assistant -- plan-summary -

Exit codes: ${EXIT.done} nothing is lost; ${EXIT.losing} data or a name would be lost; ${EXIT.incomplete} the plan leaves
something out; ${EXIT.failed} it cannot be read.`;

const ADVICE = 'Name the output of terraform show -json, or - for standard input.';

interface Options {
  readonly digest: boolean;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly name: string;
}

export const planSummaryCommand = (command: Command): Command =>
  command
    .argument('<plan>', 'file of terraform show -json; - is standard input')
    .option('--markdown', 'as Markdown, for a pull request', false)
    .option('--json', 'prints the summary as JSON', false)
    .option('--digest', 'prints what only plans that do the same have in common, and ends with 0', false)
    .option('--name <name>', 'what is planned, e.g. a stack', 'plan')
    .addHelpText('after', HELP)
    .action((file: string, { digest, json, markdown, name }: Options) => {
      const plan = readPlan(readText(file === '-' ? 0 : file, ADVICE));
      if (digest) {
        tell(digestOf(plan));
        return;
      }
      const summary = summarize(plan);
      if (json) tellJson(summary);
      else if (markdown) tellExactly(renderMarkdown(name, summary));
      else tell(renderText(name, summary));
      process.exitCode = exitCodeOf(summary);
    });

export const exitCodeOf = ({ loses, isPartial }: Summary): number =>
  loses ? EXIT.losing : isPartial ? EXIT.incomplete : EXIT.done;
