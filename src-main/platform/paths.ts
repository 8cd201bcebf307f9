/** Where the application keeps its own files on this machine. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The application's data folder: `GRADUS_HOME`, else the platform's place for application data.
 * Holds the runtime, caches and, unless `--workspace` says otherwise, the workspace.
 */
export function dataFolder(env: Environment = process.env, platform = process.platform): string {
  const asked = env["GRADUS_HOME"];
  if (asked !== undefined && asked !== "") return resolve(asked);
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "Gradus");
  if (platform === "win32") {
    return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "Gradus");
  }
  // The XDG base directory specification: a relative path is to be ignored.
  const xdg = env["XDG_DATA_HOME"];
  const base = xdg?.startsWith("/") === true ? xdg : join(homedir(), ".local", "share");
  return join(base, "gradus");
}

/** Where what belongs to this user alone is kept, apart from any workspace: keys. */
export function configFolder(env: Environment = process.env, platform = process.platform): string {
  const asked = env["GRADUS_HOME"];
  if (asked !== undefined && asked !== "") return join(resolve(asked), "config");
  if (platform === "darwin" || platform === "win32")
    return join(dataFolder(env, platform), "config");
  const xdg = env["XDG_CONFIG_HOME"];
  const base = xdg?.startsWith("/") === true ? xdg : join(homedir(), ".config");
  return join(base, "gradus");
}
