/** A real host in a process of its own, for the window's tests: `gradus serve` on a workspace, with an address of its own. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "src-main", "host", "cli", "main.ts");
const SEED = join(ROOT, "tests", "helpers", "seed-window-workspace.ts");
const Served = z.object({ url: z.string() });

export interface WindowHost {
  /** With the token in its fragment. */
  readonly url: string;
  readonly port: number;
  /** Ends the host at once, as a crash or a power cut would. */
  kill(): Promise<void>;
}

/** Starts a host and waits until it says where it listens. */
export async function startHost(workspace: string, port = 0): Promise<WindowHost> {
  const child = spawn(
    process.execPath,
    [MAIN, "serve", "--workspace", workspace, "--port", String(port), "--json"],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    const { url } = Served.parse(JSON.parse(line));
    return {
      url,
      port: Number(new URL(url).port),
      kill: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      },
    };
  }
  throw new Error("the host ended before it said where it listens");
}

/** An empty folder and the way to remove it. */
export function windowWorkspace(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "gradus-window-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

interface Seeded {
  readonly finished: string;
  readonly stopped: string;
}

let first: { readonly folder: string; readonly seeded: Seeded } | undefined;

/**
 * Fills a workspace with the pipelines that the screens are looked at with, or with those of one word. The former are
 * written once a process, and copied after that: a workspace may be moved.
 */
export function seedWorkspace(folder: string, what?: "twins" | "seeds"): Seeded {
  if (what !== undefined) return writeSeeds(folder, what);
  if (first === undefined) {
    const { folder: kept, remove } = windowWorkspace();
    process.once("exit", remove);
    first = { folder: kept, seeded: writeSeeds(kept) };
  }
  cpSync(first.folder, folder, { recursive: true });
  return first.seeded;
}

function writeSeeds(folder: string, ...what: readonly string[]): Seeded {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SEED, folder, ...what], {
    encoding: "utf8",
    cwd: ROOT,
  });
  if (status !== 0) throw new Error(`seeding failed: ${stderr}`);
  return z.object({ finished: z.string(), stopped: z.string() }).parse(JSON.parse(stdout));
}
