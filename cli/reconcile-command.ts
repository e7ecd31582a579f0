import type { Command } from "commander";
import type { Reconciliation } from "../chaos/services/reconcile-once.ts";
import type { ExitCode } from "../reports/evidence/verdict.ts";
import { conclude } from "./conclude.ts";
import { UsageError } from "./failures.ts";
import { say } from "./output.ts";

export function addReconcileCommand(program: Command): void {
  program
    .command("reconcile")
    .description("compare the payment and the wallet service's databases once, and tell the breaks")
    .option("--scope <name>", "news: since the run before; everything", "news")
    .option("--json", "print the run and its breaks as one line of JSON")
    .addHelpText(
      "after",
      `
It wants RECONCILIATION_DATABASE_URL, PAYMENT_READER_URL and WALLET_READER_URL (postgres://...), and
records the run as the reconciliation service does. It ends with 0 when no break is open, with 1 when
one is, with 5 when the run failed and so proves nothing, and with 4 when there was none: its own
database cannot be used, or another run is under way.

Example:
  falconpay reconcile --json`,
    )
    .action(reconcileCommand);
}

async function reconcileCommand(options: {
  readonly scope: string;
  readonly json?: true;
}): Promise<void> {
  const { scope } = options;
  if (scope !== "news" && scope !== "everything") {
    throw new UsageError(`--scope ${scope}: expected news or everything`);
  }
  // Imported when it is asked for: the simulated world needs none of its clients.
  const { auditedServers } = await import("../chaos/service-addresses.ts");
  const { reconcileOnce } = await import("../chaos/services/reconcile-once.ts");
  const servers = auditedServers(process.env);
  if (servers.kind === "missing") {
    throw new UsageError(`these environment variables are missing: ${servers.names.join(", ")}`);
  }
  const found = await reconcileOnce(servers.variables, scope);
  await conclude(exitCodeOf(found), () =>
    say(options.json === true ? `${JSON.stringify(found)}\n` : words(found)),
  );
}

function exitCodeOf({ run, breaks }: Reconciliation): ExitCode {
  if (run.outcome === "failed") {
    return 5;
  }
  return breaks.length === 0 ? 0 : 1;
}

function words({ run, breaks }: Reconciliation): string {
  const looked = `${run.payments} payments, ${run.entries} entries and ${run.accounts} accounts were examined`;
  if (run.outcome === "failed") {
    return `the run failed, and proves nothing: ${run.failure ?? ""}\n`;
  }
  const lines = breaks.map(
    ({ class: name, subject, detail, ageMs }) =>
      `  ${name.padEnd(23)} ${subject}: ${detail}; open for ${Math.round(ageMs / 1_000)} s`,
  );
  const count = breaks.length === 0 ? "no break is" : `${breaks.length} breaks are`;
  return [`${looked}; ${count} open`, ...lines, ""].join("\n");
}
