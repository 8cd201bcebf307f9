/** Addresses that give out a machine's credentials are asked about before anything is sent there. */
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { createRouter } from "#main/procedures/router.ts";
import { isLinkLocal } from "#shared/link-local.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

function setUp() {
  const folder = temporaryFolder();
  const app = new Application({
    workspace: join(folder, "workspace"),
    shell: "cli",
    configFolder: join(folder, "config"),
  });
  onTestFinished(() => app.close());
  return { app, api: createRouterClient(createRouter(app), { context: {} }) };
}

const fields = (baseUrl: string, allowLinkLocal = false): EndpointFields =>
  EndpointFields.parse({ name: "Teacher", baseUrl, model: "m", allowLinkLocal });

test.each([
  "http://169.254.169.254/v1",
  "http://2852039166/v1",
  "http://0xA9.0xFE.0xA9.0xFE/v1",
  "http://[::ffff:169.254.169.254]/v1",
  "http://[64:ff9b::169.254.169.254]/v1",
  "http://[fe80::1]/v1",
  "http://[FEBF::1:2]:8000/v1",
  "http://[fd00:ec2::254]/v1",
  "http://metadata.google.internal./v1",
  "http://METADATA.google.internal/v1",
])("%s is asked about, and taken once it is confirmed", async (baseUrl) => {
  const { api } = setUp();
  await expect(api.endpoints.save({ fields: fields(baseUrl) })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    message: expect.stringContaining("credentials"),
  });
  expect(await api.endpoints.list()).toEqual([]);
  await api.endpoints.save({ fields: fields(baseUrl, true) });
  expect(await api.endpoints.list()).toMatchObject([{ baseUrl, allowLinkLocal: true }]);
});

test.each([
  "http://127.0.0.1:11434/v1",
  "http://192.168.1.7/v1",
  "http://[::1]:8000/v1",
  "http://[fec0::1]/v1",
  "https://169.254.169.254.example.org/v1",
  "https://api.example.org/v1",
])("%s is not", async (baseUrl) => {
  const { api } = setUp();
  await api.endpoints.save({ fields: fields(baseUrl) });
  expect(await api.endpoints.list()).toHaveLength(1);
});

test("an endpoint of an older Gradus is asked about when it is used", async () => {
  const { app, api } = setUp();
  const old = { ...fields("http://169.254.169.254/v1"), allowLinkLocal: undefined };
  app.store.transaction(() => {
    app.store.endpoints.save("e-old", JSON.parse(JSON.stringify(old)), 1);
  });
  await expect(api.endpoints.test({ endpointId: "e-old" })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    data: { advice: expect.stringContaining("--allow-link-local") },
  });
});

test("addresses as resolvers give them are known too", () => {
  for (const address of ["fe80::1%eth0", "::ffff:169.254.0.1", "169.254.10.20"]) {
    expect(isLinkLocal(address), address).toBe(true);
  }
});
