import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { checkJsonSchema } from '../quality/json-schema';
import { questionSchema, type Question } from './question-set';

/** A value of the file, and where it stands. */
interface Entry {
  readonly where: string;
  readonly value: unknown;
}

/**
 * Reads a questions file: a JSON array of questions, or JSON Lines.
 * @throws Error naming the file, and for each fault the line (JSON Lines) or number (JSON) and the field
 */
export function readQuestions(file: string): readonly Question[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`The questions file ${file} cannot be read (${code}).`, { cause: error });
  }
  return parseQuestions(text, file);
}

/**
 * @param name of the file, for messages; these quote no question
 * @throws Error as `readQuestions` does
 */
export function parseQuestions(text: string, name: string): readonly Question[] {
  const faults: string[] = [];
  const questions: Question[] = [];
  const firstUse = new Map<string, string>();
  for (const { where, value } of entriesOf(text.replace(/^\uFEFF/, ''), name)) {
    const parsed = questionSchema.safeParse(value);
    if (!parsed.success) {
      faults.push(...parsed.error.issues.map((issue) => `${where}: ${describe(issue)}`));
      continue;
    }
    const { id, expect } = parsed.data;
    const earlier = firstUse.get(id);
    if (earlier !== undefined) faults.push(`${where}: id: "${id}" is already that of ${earlier}`);
    firstUse.set(id, where);
    const schemaFault = expect?.jsonSchema === undefined ? undefined : checkJsonSchema(expect.jsonSchema);
    if (schemaFault !== undefined) faults.push(`${where}: expect.jsonSchema: ${schemaFault}`);
    questions.push(parsed.data);
  }
  if (faults.length > 0) throw new Error(`The questions file ${name} has faults:\n  ${faults.join('\n  ')}`);
  if (questions.length === 0) throw new Error(`The questions file ${name} has no questions.`);
  return questions;
}

const describe = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;

function entriesOf(text: string, name: string): readonly Entry[] {
  if (text.trimStart().startsWith('[')) {
    const values = parseJson(text, `The questions file ${name} is no JSON`);
    return (values as unknown[]).map((value, index) => ({ where: `question ${index + 1}`, value }));
  }
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), where: `line ${index + 1}` }))
    .filter(({ line }) => line !== '')
    .map(({ line, where }) => ({
      where,
      value: parseJson(line, `The questions file ${name}, ${where}: no JSON`),
    }));
}

/** The engine's own message may quote the text, so only its position is told, and it is no cause either. */
function parseJson(text: string, complaint: string): unknown {
  let message: string;
  try {
    return JSON.parse(text);
  } catch (error) {
    message = String(error);
  }
  const [position] = /at position \d+( \(line \d+ column \d+\))?/.exec(message) ?? [];
  throw new Error(`${complaint}${position === undefined ? '' : ` ${position}`}.`);
}
