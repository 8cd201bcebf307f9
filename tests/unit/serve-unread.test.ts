import { once } from "node:events";
import { createORPCClient } from "@orpc/client";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { BoundedSocket, CLOSE_UNREAD } from "#main/host/serve/bounded-socket.ts";
import type { UnreadLimits } from "#main/host/serve/bounded-socket.ts";
import { serve } from "#main/host/serve/serve.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { insertTwoStages } from "../helpers/store-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";

type Client = ContractRouterClient<Contract>;

async function hostWith(unread: UnreadLimits) {
  const { app } = testApplication();
  const host = await serve({ app, port: 0, host: "127.0.0.1", unread });
  onTestFinished(() => host.close());
  const connect = async (): Promise<{ socket: WebSocket; client: Client }> => {
    const address = `${host.origin.replace("http", "ws")}/rpc`;
    const socket = new WebSocket(address, ["gradus", `gradus.token.${host.token}`]);
    onTestFinished(() => {
      socket.terminate();
    });
    await once(socket, "open");
    const link = new SocketLink({ websocket: socket as unknown as globalThis.WebSocket });
    return { socket, client: createORPCClient(link) };
  };
  return { app, connect };
}

const LONG = "x".repeat(100_000);

test("a client that reads nothing is let go, and another gets every event meanwhile", async () => {
  const { app, connect } = await hostWith({ bytes: 2 ** 22, stallMs: 1000, farewellMs: 200 });
  const { train } = insertTwoStages(app.store);
  const [deaf, good] = [await connect(), await connect()];
  const watching = await good.client.runs.watch({ runId: train });
  const deafWatching = await deaf.client.runs.watch({ runId: train });
  expect((await deafWatching.next()).value).toMatchObject({ type: "snapshot" });
  const gone = once(deaf.socket, "close");
  deaf.socket.on("error", () => undefined);
  deaf.socket.pause();
  // 60 MB in all: far more than what the system keeps for a line.
  const each = Array.from({ length: 600 }, (_, i) => i + 1);
  for (const step of each) {
    const points = [{ name: LONG, step, value: 1, timeMs: 1 }];
    app.live.publish([{ type: "metrics", runId: train, points }]);
  }
  const steps: number[] = [];
  for await (const event of watching) {
    if (event.type === "metrics") steps.push(...event.points.map(({ step }) => step));
    if (steps.length === each.length) break;
  }
  expect(steps).toEqual(each);
  // A paused client learns that its line was cut when it writes.
  await vi.waitFor(
    () => {
      if (deaf.socket.readyState === WebSocket.OPEN) deaf.socket.ping();
      expect(deaf.socket.readyState).toBe(WebSocket.CLOSED);
    },
    { timeout: 20_000, interval: 100 },
  );
  await gone;
}, 30_000);

test("no more than the bound waits for a client, which is told why it was let go", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a port was expected");
  const accepted = new Promise<WebSocket>((resolve) => {
    server.once("connection", resolve);
  });
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
  await once(client, "open");
  client.pause();
  const socket = await accepted;
  const limits = { bytes: 2 ** 20, stallMs: 60_000, farewellMs: 60_000 };
  const bounded = new BoundedSocket(socket, limits);
  let sent = 0;
  const left: Promise<void>[] = [];
  while (socket.readyState === WebSocket.OPEN) {
    left.push(bounded.send(LONG));
    sent += 1;
    expect(socket.bufferedAmount).toBeLessThan(limits.bytes + 2 * LONG.length);
  }
  expect(sent).toBeGreaterThan(10);
  let received = 0;
  client.on("message", () => {
    received += 1;
  });
  client.resume();
  const [code, reason] = await once(client, "close");
  expect([code, String(reason)]).toEqual([CLOSE_UNREAD, "too much was left unread"]);
  // The last one was not sent any more.
  expect(received).toBe(sent - 1);
  await Promise.all(left);
});
