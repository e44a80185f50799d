import { useEffect, useRef } from 'preact/hooks';
import { State } from './parts';
import { act, picture } from './store';

export const isBusy = (): boolean => picture.value?.job?.exitCode === null;

/** What the operator's command says that the page has started. */
export function JobPanel() {
  const job = picture.value?.job;
  const output = useRef<HTMLPreElement>(null);
  useEffect(() => output.current?.scrollTo({ top: output.current.scrollHeight }), [job?.lines.length]);
  if (!job) return null;
  const { title, lines, exitCode, report } = job;
  return (
    <section class="card job" aria-labelledby="job-title">
      <div class="head">
        <h2 id="job-title">{title}</h2>
        <span role="status">
          {exitCode === null ? (
            'under way …'
          ) : (
            <State good={exitCode === 0}>{exitCode === 0 ? 'done' : `ended with ${exitCode}`}</State>
          )}
        </span>
        {exitCode === null && (
          <button type="button" class="small" onClick={() => void act('DELETE', 'job')}>
            Stop it
          </button>
        )}
      </div>
      <pre ref={output} tabIndex={0} aria-label="What it says">
        {lines.join('\n')}
      </pre>
      {report !== null && (
        <p>
          <a href={`/console/reports/${report}`} target="_blank" rel="noreferrer">
            Open the report
          </a>
        </p>
      )}
    </section>
  );
}
