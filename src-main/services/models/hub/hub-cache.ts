/** Python's cache of the hub (huggingface_hub): `models--owner--name/refs/REVISION` and `snapshots/COMMIT/FILE`. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { HubEnvironment } from "./hub-environment.ts";
import type { HubId } from "./hub-model.ts";

function repositoryFolder(environment: HubEnvironment, repository: string): string {
  return join(environment.cacheFolder, `models--${repository.replaceAll("/", "--")}`);
}

/** The cached file of a commit, where it is there with this many bytes. */
export function cachedFile(
  environment: HubEnvironment,
  repository: string,
  commit: string,
  file: { readonly path: string; readonly bytes: number },
): string | undefined {
  const path = join(repositoryFolder(environment, repository), "snapshots", commit, file.path);
  return statSync(path, { throwIfNoEntry: false })?.size === file.bytes ? path : undefined;
}

/** The snapshot that a revision meant when it was last downloaded: for when the hub cannot be asked. */
export function cachedSnapshot(environment: HubEnvironment, id: HubId): string | undefined {
  const root = repositoryFolder(environment, id.repository);
  const ref = join(root, "refs", id.revision);
  const commit = existsSync(ref) ? readFileSync(ref, "utf8").trim() : id.revision;
  if (!/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const snapshot = join(root, "snapshots", commit);
  return existsSync(snapshot) ? snapshot : undefined;
}
