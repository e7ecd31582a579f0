import { loadPostgresParser } from "../../../sim/postgres/syntax/postgres-parser.ts";
import { runUntilCrash } from "./crash-run.ts";

/** What `crashes.test.ts` starts on other versions of Node: `seed hash` for each seed given. */
await loadPostgresParser();
for (const seed of process.argv.slice(2).map(Number)) {
  process.stdout.write(`${seed} ${runUntilCrash(seed).hash}\n`);
}
