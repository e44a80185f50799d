import { EXIT } from './exit-codes';

/** Below the list of options. */
export const HELP = `
Examples:
  Against a running \`npm start\`, with the sample questions; nothing is spent:
    npm run benchmark -- --models us.anthropic.claude-sonnet-5,us.amazon.nova-2-lite-v1:0

  Against Bedrock in both regions, for at most 2 USD, with a judge of a third vendor:
    npm run benchmark -- --target aws --region both --max-cost 2 --runs 8 \\
      --models us.anthropic.claude-haiku-4-5-20251001-v1:0,us.amazon.nova-2-lite-v1:0 \\
      --questions my-questions.jsonl --judge us.meta.llama3-3-70b-instruct-v1:0 \\
      --price us.meta.llama3-3-70b-instruct-v1:0=0.72,0.72

  Which model should answer what, and the ModelConfig for it:
    npm run benchmark -- --recommend --from results/benchmark-….json \\
      --max-p95 4000 --max-cost-per-1k 5 --min-quality 0.8 --different-vendors

  Did a change make a difference beyond noise?
    npm run benchmark -- --compare results/before.json results/after.json

Questions file: a JSON array, or JSON Lines, of
  {"id": "refund-1", "type": "general", "question": "How do I return my order?",
   "expect": {"mustContain": ["30 days"], "mustNotContain": ["guarantee"], "pattern": "return|refund",
              "jsonSchema": {…}, "minLength": 40, "maxLength": 1200},
   "reference": "Within 30 days, by the link in the order's e-mail.", "system": "…", "maxTokens": 512}
  id, type and question are needed. system and maxTokens are those of the type's rule in the ModelConfig by default, so
  that what is measured is what is served. A p95 with an upper bound takes 72 answers of a type (questions × runs).

Ctrl-C keeps what was measured; --resume goes on. Result files contain the models' answers.

Exit codes: ${EXIT.done} measured; ${EXIT.failed} failed, or no model fulfils the constraints; ${EXIT.incomplete} the cap left calls out;
  ${EXIT.interrupted} interrupted. With ${EXIT.incomplete} and ${EXIT.interrupted} the results so far are written.
`;
