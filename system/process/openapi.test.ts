import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openApiDocument } from "../http/openapi.ts";
import { inboxRoutes } from "../inbox/routes.ts";
import { fixedEntropy } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { handlerOf } from "./handler-of.ts";
import { DEFAULT_KNOBS } from "./knobs.ts";
import { shippedParts } from "./parts.ts";
import { SERVICES } from "./services.ts";

const place = {
  database: scriptedDatabase(),
  clock: { nowMs: () => 0, async sleep() {} },
  entropy: fixedEntropy,
  telemetry: { event() {} },
  sources: { payment: scriptedDatabase(), wallet: scriptedDatabase() },
  producer: { async send() {}, async disconnect() {} },
};

it.each(SERVICES)(
  "what the $name service tells its clients is valid OpenAPI 3.1",
  async (service) => {
    const routes = service.roles.flatMap((role) =>
      role.kind === "api"
        ? role.routes(place, shippedParts, DEFAULT_KNOBS)
        : role.kind === "consumer"
          ? inboxRoutes(service.name, place, handlerOf(role.name, place, shippedParts))
          : role.routes(place),
    );
    const document = openApiDocument(routes, { title: "FalconPay", version: "1" });
    const validator = new Validator();
    const result = await validator.validate({ ...document });
    expect(result).toMatchObject({ valid: true });
    expect(validator.version).toBe("3.1");
    // Each says what a key must be for.
    const said = JSON.stringify(document["paths"]).match(
      /"security":\[\{"apiKey":\["[a-z:]+"\]\}\]/g,
    );
    expect(said?.length).toBe(routes.length);
  },
);
