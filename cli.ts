import { Command, CommanderError } from "commander";
import { exitCodeOfError, explain } from "./cli/failures.ts";
import { productVersion } from "./cli/product.ts";
import { addReplayCommand } from "./cli/replay-command.ts";
import { addRunCommand } from "./cli/run-command.ts";
import { addServersCommand } from "./cli/servers-command.ts";
import { EXIT_CODES } from "./reports/evidence/verdict.ts";

const program = new Command("falconpay")
  .description("A testbed that tries to make the FalconPay services lose money.")
  .version(productVersion())
  .showHelpAfterError("(falconpay --help lists the commands)")
  .addHelpText("after", `\nExit codes:\n${EXIT_CODES.map(describeExitCode).join("\n")}`)
  .exitOverride();

addRunCommand(program);
addReplayCommand(program);
addServersCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`${explain(error)}\n`);
  }
  process.exitCode = exitCodeOfError(error);
}

function describeExitCode({ code, name, meaning }: (typeof EXIT_CODES)[number]): string {
  return `  ${code}  ${name.padEnd(11)} ${meaning}`;
}
