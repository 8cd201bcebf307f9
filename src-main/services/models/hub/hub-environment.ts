/** Where the hub is, who asks, and where Python's huggingface_hub keeps its cache: the same variables with the same meaning. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

export interface HubEnvironment {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Of downloaded snapshots; it need not exist. */
  readonly cacheFolder: string;
  readonly offline: boolean;
}

export function hubEnvironment(env: Environment = process.env): HubEnvironment {
  const set = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === "" ? undefined : value;
  };
  const home =
    set("HF_HOME") ?? join(set("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "huggingface");
  return {
    endpoint: (set("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, ""),
    token: set("HF_TOKEN") ?? tokenIn(set("HF_TOKEN_PATH") ?? join(home, "token")),
    cacheFolder: set("HF_HUB_CACHE") ?? join(home, "hub"),
    offline: ["1", "ON", "YES", "TRUE"].includes((set("HF_HUB_OFFLINE") ?? "").toUpperCase()),
  };
}

/** What `hf auth login` wrote. */
function tokenIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const token = readFileSync(file, "utf8").trim();
  return token === "" ? undefined : token;
}
