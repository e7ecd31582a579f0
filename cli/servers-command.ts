import type { Command } from "commander";
import { installServers, type InstallProgress } from "../chaos/install/install.ts";
import { withProgress } from "./progress.ts";

export function addServersCommand(program: Command): void {
  const servers = program
    .command("servers")
    .description("the real servers: PostgreSQL, Apache Kafka, Toxiproxy");
  servers
    .command("install")
    .description("fetch Apache Kafka and Toxiproxy once, into a cache folder")
    .addHelpText(
      "after",
      `
Needs Java 17, Maven, Go and PostgreSQL on this machine. The folder is FALCONPAY_CACHE, or
falconpay in the user's cache folder. What is there already is left alone.`,
    )
    .action(installCommand);
}

async function installCommand(): Promise<void> {
  const states = new Map<InstallProgress["part"], string>();
  const installed = await withProgress("servers", (tell) =>
    installServers({
      onProgress({ part, state, detail }) {
        states.set(part, `${part}: ${state}, ${detail}`);
        tell([...states.values()].join(" | "));
      },
    }),
  );
  const { kafka, toxiproxy, postgres } = installed;
  process.stdout.write(
    `Apache Kafka ${kafka.version}, Toxiproxy ${toxiproxy.version} and PostgreSQL ${postgres.version} are ready\n`,
  );
}
