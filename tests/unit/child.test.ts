/** The class that every child process of the host is: what it promises whatever the child does. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { Child } from "#main/processes/child.ts";
import type { ChildStart } from "#main/processes/child.ts";
import { describeExit } from "#main/processes/child-exit.ts";
import type { ChildExit } from "#main/processes/child-exit.ts";
import type { ChildThat } from "../helpers/child-that.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const entry = fileURLToPath(new URL("../helpers/child-that.ts", import.meta.url));
const Message = z.object({ said: z.union([z.number(), z.string()]) });
type Message = z.infer<typeof Message>;

interface Life {
  readonly child: Child<ChildThat, Message>;
  readonly said: (number | string)[];
  readonly unreadable: unknown[];
  readonly exit: Promise<ChildExit>;
}

function live(
  request: ChildThat,
  start: Partial<ChildStart<Message>> = {},
  onMessage: (child: Child<ChildThat, Message>) => void = () => undefined,
): Life {
  const said: (number | string)[] = [];
  const unreadable: unknown[] = [];
  const { promise: exit, resolve } = Promise.withResolvers<ChildExit>();
  const child = new Child<ChildThat, Message>(
    { entry, messages: Message, prints: "nowhere", ...start },
    {
      message: (message) => {
        said.push(message.said);
        onMessage(child);
      },
      unreadable: (_error, raw) => {
        unreadable.push(raw);
      },
      exit: resolve,
    },
  );
  onTestFinished(child.kill);
  child.send(request);
  return { child, said, unreadable, exit };
}

test("every message comes, in order, before the exit is told, and none that was sent after the end", async () => {
  const { said, exit } = live("counts");
  expect(await exit).toMatchObject({ signal: "SIGKILL", late: false, startError: null });
  expect(said).toEqual(Array.from({ length: 2000 }, (_, i) => i));
});

test("a bug is the last word", async () => {
  const { said, exit } = live("has a bug");
  expect(describeExit(await exit)).toMatch(/^was ended by SIGKILL/);
  expect(said).toEqual(["a bug"]);
});

test("a child that does not end in time is ended, and its exit says that it was late", async () => {
  const { exit } = live("hangs", {}, (child) => {
    child.endWithin(60_000);
    child.endWithin(20);
  });
  expect(await exit).toMatchObject({ signal: "SIGKILL", late: true });
});

test("a signal ends the child", async () => {
  const stop = new AbortController();
  const { exit } = live("hangs", { signal: stop.signal }, () => {
    stop.abort();
  });
  expect(await exit).toMatchObject({ signal: "SIGKILL", late: false });
});

test("a message that the protocol does not know is told apart", async () => {
  const { said, unreadable, exit } = live("says nonsense");
  await exit;
  expect(said).toEqual([]);
  expect(unreadable).toEqual([{ said: { nested: true } }]);
});

test("what it prints goes to its log, which begins anew where it is long", async () => {
  const file = join(temporaryFolder(), "logs", "child.log");
  const printed = ["printed", "printed as an error"];
  await live("prints", { prints: { file } }).exit;
  await live("prints", { prints: { file, mostBytes: 1000 } }).exit;
  expect(readFileSync(file, "utf8").trim().split("\n")).toEqual([...printed, ...printed]);
  writeFileSync(file, "x".repeat(1001));
  await live("prints", { prints: { file, mostBytes: 1000 } }).exit;
  expect(readFileSync(file, "utf8").trim().split("\n")).toEqual(printed);
});

test("where errors are kept, they are whole once the exit is told", async () => {
  expect((await live("prints", { prints: "kept" }).exit).said).toBe("printed as an error\n");
});

test("it is noted for the next host while it lives", async () => {
  const notes = join(temporaryFolder(), "notes");
  const { child, exit } = live("hangs", { notes });
  expect(readdirSync(notes)).toEqual([String(child.pid)]);
  child.kill();
  await exit;
  expect(readdirSync(notes)).toEqual([]);
});

test("a child that cannot be started has an exit that says why", async () => {
  const { execPath } = process;
  onTestFinished(() => {
    process.execPath = execPath;
  });
  process.execPath = join(temporaryFolder(), "no-node");
  expect(existsSync(process.execPath)).toBe(false);
  const { child, exit } = live("counts");
  expect(child.pid).toBeUndefined();
  const { startError, ...ended } = await exit;
  expect(startError?.message).toMatch(/ENOENT/);
  expect(describeExit(ended)).toBe("could not be started");
});
