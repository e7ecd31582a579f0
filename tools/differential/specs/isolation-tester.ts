import { spawn } from "node:child_process";
import { join } from "node:path";
import type { ScratchPostgres } from "../servers/scratch-postgres.ts";

/** What PostgreSQL's own tester prints for a spec: by permutation, in order. */
export type TesterOutput = readonly { readonly name: string; readonly output: string }[];

const HEAD = "starting permutation: ";

/**
 * Runs a spec with the isolationtester that Debian's server package brings, in a database of its
 * own.
 *
 * @throws Error when the tester does not come to its end
 */
export async function runIsolationTester(
  server: ScratchPostgres,
  spec: { readonly name: string; readonly text: string },
): Promise<TesterOutput> {
  const database = `spec_${spec.name.replaceAll("-", "_")}`;
  const administrator = await server.connect();
  try {
    await administrator.query(`CREATE DATABASE ${database}`);
    return splitPermutations(await runTester(server, database, spec.text));
  } finally {
    await administrator.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await administrator.end();
  }
}

/** The output by permutation. */
function splitPermutations(output: string): TesterOutput {
  return output
    .split(`\n${HEAD}`)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      return { name: part.slice(0, end), output: part.slice(end + 1) };
    });
}

function runTester(server: ScratchPostgres, database: string, text: string): Promise<string> {
  const folder = join(server.binariesFolder, "../lib/pgxs/src/test/isolation");
  const address = `host=127.0.0.1 port=${server.port} user=postgres dbname=${database}`;
  const tester = spawn(join(folder, "isolationtester"), [address], {
    // As the engine shows times; pg_isolation_regress asks for another style.
    env: { PGDATESTYLE: "ISO, MDY", PGTZ: "UTC", LC_ALL: "C" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  tester.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  tester.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  tester.stdin.end(text);
  return new Promise((resolve, reject) => {
    tester.once("error", reject);
    tester.once("close", (code) => {
      if (code === 0) {
        resolve(Buffer.concat(output).toString());
      } else {
        reject(
          new Error(`isolationtester ended with ${code}: ${Buffer.concat(complaints).toString()}`),
        );
      }
    });
  });
}
