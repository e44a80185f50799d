import { run } from './program';

// Its advice is for those who deploy on this Node; this command only runs on it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// Who reads may have seen enough (`2>&1 | head`): what was begun is still brought to its end.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

void run(process.argv.slice(2));
