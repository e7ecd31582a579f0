import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The version in package.json. */
export function productVersion(): string {
  const json: unknown = JSON.parse(read("package.json"));
  const version =
    typeof json === "object" && json !== null && "version" in json ? json.version : undefined;
  if (typeof version !== "string") {
    throw new Error("package.json has no version");
  }
  return version;
}

/** What decides what a run comes to: the rooms, without their tests, and the packages. */
const SOURCE_FOLDERS = ["chaos", "cli", "reports", "scenarios", "sim", "system"];
const SOURCE = /^(?!.*(?:\.test\.ts$|\/testing\/)).*\.(?:ts|mjs|sql)$/;

/** A digest of the sources and the lock file: other code, other digest, committed or not. */
export function codeDigest(): string {
  const files = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: "utf8" }).map(
      (name) => `${folder}/${name.replaceAll("\\", "/")}`,
    ),
  );
  const sources = files.filter((file) => SOURCE.test(file)).toSorted();
  const hash = createHash("sha256");
  for (const file of ["cli.ts", "package-lock.json", ...sources]) {
    hash.update(`${file}\0${read(file)}\0`);
  }
  return hash.digest("hex").slice(0, DIGEST_LENGTH);
}

const DIGEST_LENGTH = 16;

/** A hash of a text, in hexadecimal. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, DIGEST_LENGTH);
}

const root = new URL("../", import.meta.url);

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(file, root)), "utf8");
}
