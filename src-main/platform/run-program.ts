/** Runs a program to its end, or ends it with all that it has started: pip's builds and venv's ensurepip outlive their parent. */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export type ProgramOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
};

export type ProgramEnd = {
  /** null: a signal ended it. */
  readonly code: number | null;
  /** The end of what it wrote to stderr. */
  readonly errors: string;
};

/** Characters of stderr that are kept. */
const ERRORS_KEPT = 8000;

/** Throws where it cannot be started, and the signal's reason once all of it has ended. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { environment = {}, onOutput, signal }: ProgramOptions,
): Promise<ProgramEnd> {
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => onOutput?.(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-ERRORS_KEPT);
  });
  const end = (): void => {
    if (child.pid !== undefined) endTree(child.pid);
  };
  signal?.addEventListener("abort", end);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    signal?.throwIfAborted();
    return { code, errors };
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/** Parents first, so that none starts another meanwhile. */
function endTree(pid: number): void {
  if (process.platform === "win32") {
    ask("taskkill", ["/pid", String(pid), "/t", "/f"]);
    return;
  }
  const children = childrenOf(pid);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  children.forEach(endTree);
}

function childrenOf(pid: number): number[] {
  const listed =
    process.platform === "linux" ? childrenOnLinux(pid) : ask("pgrep", ["-P", String(pid)]);
  return listed
    .split(/\s+/u)
    .filter((text) => text !== "")
    .map(Number);
}

function childrenOnLinux(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  } catch {
    // It has ended by itself.
    return "";
  }
}

function ask(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    // Nothing is found, or the command is not there.
    return "";
  }
}
