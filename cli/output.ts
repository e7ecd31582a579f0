import { writeErrorInWords } from "../reports/write-whole.ts";

/** Whoever read has gone (`| head`), or the terminal has (EIO): nobody is left to be told. */
const READER_IS_GONE = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

let lost: string | undefined;

/**
 * Lets the command go on to its verdict and its files when its output cannot be written. A reader
 * that has gone is no failure. Anything else (a full disk) is told on standard error, and takes
 * exit code 0 away; it never turns into 1, which says that a promise was broken.
 */
export function guardOutput(): void {
  process.stdout.on("error", (error: Error) => {
    if (!isReaderGone(error) && lost === undefined) {
      lost = writeErrorInWords(error);
      process.stderr.write(`falconpay: cannot write to standard output: ${lost}\n`);
    }
  });
  // There is nowhere left to tell it.
  process.stderr.on("error", () => {});
  process.on("exit", () => {
    // Any other code says more.
    if (lost !== undefined && [undefined, 0, 5].some((code) => code === process.exitCode)) {
      process.exitCode = 2;
    }
  });
}

/** Writes to standard output; where that cannot be written, to standard error. */
export async function say(text: string): Promise<void> {
  if (!(await written(process.stdout, text))) {
    await written(process.stderr, text);
  }
}

/** False when the text is lost and there was somebody to read it. */
function written(stream: NodeJS.WriteStream, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(text, (error) => {
      resolve(error === null || error === undefined || isReaderGone(error));
    });
  });
}

function isReaderGone(error: Error): boolean {
  return "code" in error && READER_IS_GONE.has(String(error.code));
}
