import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { TUNABLE_MODELS, type DatasetFormat } from '../../../contract/tunable-models';
import { CommandError } from '../../command/errors';
import { fileToWrite, names } from '../../command/options';
import { byteProgress } from '../../command/progress';
import { note } from '../../command/output';
import { counted } from '../../command/words';
import { openDataset } from './check-file';
import { convertRecord } from './record/convert-record';
import { recordsOf } from './convert-records';
import { checkOptions } from './dataset-options';
import { KINDS, ProblemLog, type ProblemKind } from './problem';
import { Findings } from './record/fields';
import { describeProblem } from './report-text';

interface Options {
  readonly out: string;
  readonly model?: string;
  readonly drop?: readonly string[];
  readonly force: boolean;
}

const HELP = `
It reads OpenAI's chat, Anthropic's messages, ShareGPT, Alpaca, Gemini's
contents, pairs of a question and an answer, and both of Bedrock's formats; as
JSON Lines, a JSON array or CSV with a line of names; in UTF-8 or UTF-16;
compressed by gzip or not. It writes what the base model is tuned on, or nothing
where a record cannot be converted without a loss: a field that is not
understood is named, and left out by --drop alone.

Examples:
  npm run assistant -- finetune convert chat.jsonl --out train.jsonl
  npm run assistant -- finetune convert faq.csv --out train.jsonl \\
    --model meta.llama3-1-8b-instruct-v1:0:128k`;

/** `convert FILE`: turns a dataset of another format into what the base model is tuned on. */
export const convertCommand = (): Command =>
  new Command('convert')
    .description('turns a dataset of another format into what the base model is tuned on')
    .argument('<file>', 'in any of the formats below')
    .requiredOption('--out <file>', 'JSON Lines, to be written', fileToWrite)
    .addOption(
      new Option('--model <id>', 'base model (default: as configured)').choices(
        TUNABLE_MODELS.map(({ id }) => id),
      ),
    )
    .option('--drop <fields>', 'fields of a record to leave out, e.g. category,source', names)
    .option('--force', 'writes over a file that is there', false)
    .addHelpText('after', HELP)
    .action(convert);

const MAX_LISTED = 20;

async function convert(file: string, { out, model, drop, force }: Options): Promise<void> {
  const { model: base } = checkOptions({ ...(model !== undefined && { model }), maxProblems: MAX_LISTED });
  if (resolve(file) === resolve(out))
    throw new CommandError('--out has to be another file than what is read.');
  if (existsSync(out) && !force)
    throw new CommandError(`${out} is there already. Name another file, or give --force to write over it.`);
  const { size, read } = await openDataset(file);
  const progress = byteProgress('Converting', size);
  const log = new ProblemLog(MAX_LISTED);
  const partial = `${out}.partial`;
  try {
    const records = await writeConverted(read(), partial, {
      ...{ format: base?.format ?? 'conversation', drop, log },
      onProgress: progress.update,
    });
    refuse(file, log);
    await rename(partial, out);
    note(
      `Wrote ${counted(records, 'record')} to ${out}.`,
      `Next: npm run assistant -- finetune check ${out}${model === undefined ? '' : ` --model ${model}`}`,
    );
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    progress.stop();
  }
}

interface Conversion {
  readonly format: DatasetFormat;
  readonly drop: readonly string[] | undefined;
  readonly log: ProblemLog;
  readonly onProgress: (bytes: number) => void;
}

/** @returns how many records were written */
async function writeConverted(
  source: AsyncIterable<Buffer>,
  out: string,
  { format, drop, log, onProgress }: Conversion,
): Promise<number> {
  let [bytes, records] = [0, 0];
  async function* counted() {
    for await (const chunk of source) {
      bytes += chunk.length;
      onProgress(bytes);
      yield chunk;
    }
  }
  async function* lines() {
    const report = log.add.bind(log);
    for await (const { value, line } of recordsOf(counted(), report)) {
      const findings = new Findings(line);
      const converted = convertRecord(value, format, findings, drop);
      findings.problems.forEach(report);
      if (converted === undefined) continue;
      records += 1;
      yield `${JSON.stringify(converted)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(out));
  return records;
}

/** @throws CommandError where a record would be lost */
function refuse(file: string, { errors }: ProblemLog): void {
  if (errors.total === 0) return;
  const more = errors.total > errors.listed.length ? `, of which ${errors.listed.length} are shown` : '';
  throw new CommandError(
    [
      ...errors.listed.map(describeProblem),
      `${file} has ${counted(errors.total, 'problem')}${more}; nothing was written.`,
      ...Object.keys(errors.byKind).map((kind) => `  ${kind}: ${KINDS[kind as ProblemKind].advice}`),
    ].join('\n'),
  );
}
