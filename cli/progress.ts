import { Listr, ListrLogger, ProcessOutput } from "listr2";

/** In a log there is no line to overwrite: a line every few seconds is enough. */
const LOG_INTERVAL_MS = 5_000;

/** Shows one piece of long work on standard error; `tell` says how far it is. */
export async function withProgress<T>(
  title: string,
  work: (tell: (text: string) => void) => Promise<T>,
): Promise<T> {
  const results: T[] = [];
  const logger = new ListrLogger({
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const list = new Listr(
    [
      {
        title,
        task: async (_context, task) => {
          const tell = (text: string) => {
            task.output = text;
          };
          results.push(await work(process.stderr.isTTY ? tell : sparingly(tell)));
        },
      },
    ],
    {
      // Ctrl-C is the command's to handle: it writes what it has.
      registerSignalListeners: false,
      renderer: "default",
      fallbackRenderer: "simple",
      fallbackRendererCondition: () => !process.stderr.isTTY,
      rendererOptions: { logger, collapseSkips: false },
      fallbackRendererOptions: { logger },
    },
  );
  await list.run();
  const [result] = results;
  if (result === undefined) {
    throw new Error(`${title}: ended without a result`);
  }
  return result;
}

function sparingly(tell: (text: string) => void): (text: string) => void {
  let toldAtMs = Date.now();
  return (text) => {
    if (Date.now() - toldAtMs >= LOG_INTERVAL_MS) {
      toldAtMs = Date.now();
      tell(text);
    }
  };
}
