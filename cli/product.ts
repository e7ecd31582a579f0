import { readFileSync } from "node:fs";

/** The version in package.json. */
export function productVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const json: unknown = JSON.parse(text);
  const version =
    typeof json === "object" && json !== null && "version" in json ? json.version : undefined;
  if (typeof version !== "string") {
    throw new Error("package.json has no version");
  }
  return version;
}
