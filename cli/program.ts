import { Command } from "commander";
import { EXIT_CODES } from "../reports/evidence/verdict.ts";
import { addCrashPointsCommand } from "./crash-points-command.ts";
import { addDeadLettersCommand } from "./dead-letters-command.ts";
import { addMergeCommand } from "./merge-command.ts";
import { addMutantsCommand } from "./mutants-command.ts";
import { productVersion } from "./product.ts";
import { addReconcileCommand } from "./reconcile-command.ts";
import { addReplayCommand } from "./replay-command.ts";
import { addRunCommand } from "./run-command.ts";
import { addSchedulesCommand } from "./schedules-command.ts";
import { addServersCommand } from "./servers-command.ts";
import { addServicesCommand } from "./services-command.ts";

/** The command line with all that it can be asked. Nothing runs before it is told to parse. */
export function createProgram(): Command {
  const program = new Command("falconpay")
    .description("A testbed that tries to make the FalconPay services lose money.")
    .version(productVersion())
    .showHelpAfterError("(falconpay --help lists the commands)")
    .addHelpText("after", `\nExit codes:\n${EXIT_CODES.map(describeExitCode).join("\n")}`)
    .exitOverride();
  addRunCommand(program);
  addCrashPointsCommand(program);
  addMergeCommand(program);
  addReplayCommand(program);
  addSchedulesCommand(program);
  addMutantsCommand(program);
  addServicesCommand(program);
  addReconcileCommand(program);
  addDeadLettersCommand(program);
  addServersCommand(program);
  return program;
}

function describeExitCode({ code, name, meaning }: (typeof EXIT_CODES)[number]): string {
  return `  ${code}  ${name.padEnd(11)} ${meaning}`;
}
