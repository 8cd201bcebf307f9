/** Endpoints by the command line: a key goes in by the environment or a pipe, and comes out nowhere. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { judgeServer } from "../helpers/judge-server.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../../src-main/host/cli/main.ts", import.meta.url));
const KEY = "sk-of-the-command-line";

interface Asked {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** The command line as a user starts it, in a process of its own. */
async function gradus(home: string, args: readonly string[], { env = {}, stdin = "" }: Asked = {}) {
  const child = spawn(process.execPath, [MAIN, ...args, "--json"], {
    env: { ...process.env, GRADUS_HOME: home, ...env },
  });
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  expect(stdout + stderr).not.toContain(KEY);
  const said: unknown = stdout === "" ? null : JSON.parse(stdout);
  return { code: child.exitCode, said, stderr };
}

const ADD = ["endpoints", "add", "grader", "--model", "small", "--url"] as const;

test("an endpoint is added with its key and prices, listed and removed, and its key is in one file alone", async () => {
  const home = temporaryFolder();
  const url = "http://127.0.0.1:9/v1";
  const unset = await gradus(home, [...ADD, url, "--key-env", "NO_SUCH_KEY"]);
  expect(unset).toMatchObject({ code: 1, said: { error: { code: "BAD_INPUT" } } });
  const env = { GRADER_KEY: KEY };
  const priced = ["--key-env", "GRADER_KEY", "--input-price", "1", "--output-price", "2.5"];
  const added = await gradus(home, [...ADD, url, ...priced], { env });
  expect(added).toMatchObject({
    code: 0,
    said: { name: "grader", baseUrl: url, hasKey: true, usdPerMillionOutputTokens: 2.5 },
  });
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const holding = files.filter(({ parentPath, name }) =>
    readFileSync(join(parentPath, name)).includes(KEY),
  );
  expect(holding.map(({ name }) => name)).toEqual(["keys.json"]);
  const again = await gradus(home, [...ADD, url]);
  expect(again).toMatchObject({ code: 1, said: { error: { code: "CONFLICT" } } });
  expect((await gradus(home, ["endpoints", "list"])).said).toMatchObject([{ name: "grader" }]);
  expect((await gradus(home, ["endpoints", "remove", "grader"])).code).toBe(0);
  expect(readFileSync(join(home, "config", "keys.json"), "utf8")).not.toContain(KEY);
});

test("a judge's key comes by a pipe, and it is compared with people at no price that is known", async () => {
  const server = await judgeServer(({ messages }) => {
    const words = /TEXT [0-9a-f]+\n(.*)\nEND OF TEXT/u.exec(messages[1]?.content ?? "")?.[1] ?? "";
    return { text: `{"score": ${words}}` };
  });
  onTestFinished(() => {
    server.close();
  });
  const home = temporaryFolder();
  const add = [...ADD, server.url, "--key-stdin"];
  expect((await gradus(home, add, { stdin: `${KEY}\n` })).said).toMatchObject({ hasKey: true });
  const rated = [2, 5, 8].map((n) =>
    JSON.stringify({ prompt: `p${n}`, completion: String(n), rating: n }),
  );
  writeFileSync(join(home, "rated.jsonl"), rated.join("\n"));
  writeFileSync(join(home, "good.md"), "High is good.\n");
  const ratings = ["--judge", "grader", "--ratings", join(home, "rated.jsonl")];
  const compared = await gradus(home, ["rewards", "agree", join(home, "good.md"), ...ratings]);
  expect(compared).toMatchObject({ code: 0, said: { n: 3, kappa: { value: 1 } } });
  // 100 tokens in and 10 out, three times.
  expect(compared).toMatchObject({ said: { costUsd: null, unpricedTokens: 330 } });
  expect(compared.stderr).toContain("3 are to be asked about, no price.");
  expect(server.asked[0]?.authorization).toBe(`Bearer ${KEY}`);
});
