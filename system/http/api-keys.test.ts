import { expect, it } from "vitest";
import { createKeyVerifier } from "./api-keys.ts";

/** Of `printf %s one-key | sha256sum`, and of the key that is to replace it. */
const ONE_KEY = "0ce085922a9c580b7f12628fa25a993f334a806ec423fef242fba453a6ed2dfc";
const ITS_SUCCESSOR = "06a4f41744056d4a74ab9369bf985bded4beefa050a27053bc859fd8c37f5449";

const verifier = createKeyVerifier([
  { id: "anwar", scopes: ["payments:read"], sha256: ONE_KEY },
  { id: "anwar", scopes: ["payments:write"], sha256: ITS_SUCCESSOR },
]);

it.each([
  ["one-key", "payments:read"],
  ["its-successor", "payments:write"],
] as const)("knows who holds %s, and what it is for", async (key, scope) => {
  expect(await verifier.verify({ authorization: [`Bearer ${key}`] })).toEqual({
    kind: "principal",
    principal: { id: "anwar", scopes: new Set([scope]) },
  });
});

it.each([
  [undefined, "credentials-missing"],
  [["Bearer one-key", "Bearer one-key"], "credentials-missing"],
  [["one-key"], "credentials-missing"],
  [["Bearer another-key"], "credentials-unknown"],
  [[`Bearer ${ONE_KEY}`], "credentials-unknown"],
])("does not know who sends %j", async (authorization, code) => {
  const headers = authorization === undefined ? {} : { authorization };
  expect(await verifier.verify(headers)).toMatchObject({ kind: "unknown", code });
});

it("lets nobody in where no key is configured, and says so before anybody asks", async () => {
  const locked = createKeyVerifier([]);
  expect(await locked.verify({ authorization: ["Bearer "] })).toMatchObject({
    kind: "unknown",
    code: "no-key-configured",
    detail: expect.stringContaining("API_KEYS"),
  });
  expect(locked.trouble()).toContain("no API key is configured");
  expect(verifier.trouble()).toBeUndefined();
});
