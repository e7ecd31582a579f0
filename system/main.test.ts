import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("runs on Node as it is, and ends with 2 and every fault where nothing is configured", async () => {
  const program = fileURLToPath(new URL("main.ts", import.meta.url));
  const ending = promisify(execFile)(process.execPath, [program], { env: {} });
  await expect(ending).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("falconpay cannot start:\n  ROLES: missing\n"),
  });
});
