import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { lastWords } from '../../lambdas/tier/seam';

/** What every healthy model answers to whatever it is asked, so that what is whole can be told. */
export const CANONICAL =
  'A promise to answer is worth what it is worth on the day on which nothing works: whoever asks then is told the ' +
  'truth, the whole of it, once, and by somebody who can be named.';

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** How a model goes on where it is told that it broke off: from there, with something else, or anew. */
const GOING_ON = ['further', 'astray', 'anew'] as const;

const ASTRAY = 'Certainly! Here is the rest: and by somebody who can be named.';

/**
 * A server of OpenAI's chat completions whose one model says CANONICAL. It does not continue its own words unasked: a
 * conversation that ends with them is refused, as newer models do. How it goes on, the question says.
 */
export async function serveCanonicalModel() {
  const asked: Asked[] = [];
  const contentFor = (question: string, said: string): string => {
    const goesOn = GOING_ON.find((way) => question.includes(way)) ?? 'anew';
    if (goesOn === 'anew') return CANONICAL;
    return goesOn === 'astray' ? ASTRAY : lastWords(said) + CANONICAL.slice(said.length);
  };
  const server = createServer((request, response) => {
    void (async () => {
      const { messages } = (await json(request)) as Asked;
      asked.push({ messages });
      const said = messages.at(-2);
      const question = messages.find(({ role }) => role === 'user')?.content ?? '';
      const content = said?.role === 'assistant' ? contentFor(question, said.content) : CANONICAL;
      const isRefused = messages.at(-1)?.role === 'assistant';
      const choices = [{ message: { role: 'assistant', content }, finish_reason: 'stop' }];
      const usage = { prompt_tokens: 20, completion_tokens: Math.ceil(content.length / 4) };
      response.writeHead(isRefused ? 400 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(isRefused ? { error: { message: 'No prefill.' } } : { choices, usage }));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
