/**
 * A folder in memory for the temporary files of tests, each of which makes workspaces that sync every
 * commit to disk. It is mounted for the tests' processes alone and goes with them. Where it cannot be
 * (not Linux, not root, little memory), tests write where the system's temporary files are.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const GIB = 2 ** 30;
/** What must be free, since the tests need memory themselves. */
const LEAST_FREE = 12 * GIB;
/** Of what is free. */
const SHARE = 0.5;
/** In a mount namespace of its own: the folder, then the command. */
const MOUNTED = 'mount -t tmpfs -o "size=$0" gradus-tests "$1" && shift && exec "$@"';

/**
 * @typedef {object} MemoryFolder
 * @property {Record<string, string>} env variables for the command
 * @property {(command: readonly string[]) => readonly string[]} within the command that runs with it
 * @property {() => void} remove
 */

/** @returns {MemoryFolder} */
export function memoryFolder() {
  const none = {
    env: {},
    within: (/** @type {readonly string[]} */ command) => command,
    remove: () => undefined,
  };
  const free = process.availableMemory();
  if (process.platform !== "linux" || process.getuid?.() !== 0 || free < LEAST_FREE) return none;
  const folder = mkdtempSync(join(tmpdir(), "gradus-memory-"));
  const size = String(Math.floor(free * SHARE));
  /** @param {readonly string[]} command */
  const within = (command) => [
    ...["unshare", "--mount", "sh", "-c", MOUNTED, size, folder],
    ...command,
  ];
  const remove = () => rmdirSync(folder);
  const [unshare, ...args] = within(["true"]);
  if (spawnSync(unshare, args, { stdio: "ignore" }).status === 0)
    return { env: { TMPDIR: folder }, within, remove };
  remove();
  return none;
}
