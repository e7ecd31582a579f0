import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import {
  httpContract,
  type HttpAnswer,
  type HttpQuestion,
  type HttpStage,
} from "../scenarios/contracts/http-contract.ts";
import { createHttpServer } from "../system/adapters/http-server.ts";
import { pickFreePort } from "./toxiproxy/free-ports.ts";

const stage: HttpStage = {
  async serve(routes) {
    const port = await pickFreePort();
    const running = await createHttpServer({ host: "127.0.0.1", port }).serve(routes);
    return { ask: (question) => askOver(port, question), close: () => running.close() };
  },
};

it.each(httpContract)("the real server: $claim", async ({ check }) => {
  expect(await check(stage)).toBeUndefined();
});

/** `fetch` would join headers and refuse paths that a test is about. */
async function askOver(port: number, question: HttpQuestion): Promise<HttpAnswer> {
  const { method, path, headers = {}, body } = question;
  const asked = request({ host: "127.0.0.1", port, method, path });
  for (const [name, values] of Object.entries(headers)) {
    asked.setHeader(name, values);
  }
  const response = new Promise<HttpAnswer>((resolve, reject) => {
    asked.once("error", reject);
    asked.once("response", (incoming) => {
      text(incoming).then((content) => {
        const answered = Object.entries(incoming.headers).map(
          ([name, value]) => [name, String(value)] as const,
        );
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(answered),
          body: content === "" ? undefined : JSON.parse(content),
        });
      }, reject);
    });
  });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  return response;
}
