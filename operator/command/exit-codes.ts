/** What a process ends with. */
export const EXIT = {
  done: 0,
  failed: 1,
  incomplete: 2,
  stopped: 3,
  losing: 4,
  notShown: 5,
  /** What a shell expects of a process that Ctrl-C has ended. */
  interrupted: 130,
} as const;

export const EXIT_CODES_HELP = `Exit codes:
  ${EXIT.done}    done
  ${EXIT.failed}    failed, or refused before anything was done; the message says what to do
  ${EXIT.incomplete}    incomplete: a region was not reached, or a cap left something out
  ${EXIT.stopped}    what was followed was stopped by somebody else
  ${EXIT.losing}    what was looked at is not as it should be: data or a name would be lost,
       states differ, a check of smoke failed, a model cannot be called, or
       rules answer worse
  ${EXIT.notShown}    not shown: the data cannot tell; the message says which would
  ${EXIT.interrupted}  interrupted by Ctrl-C; what was begun is undone or can be resumed

The commands of rehearse end as the cdktf or terraform that they run.`;
