/** Files that ship with the application: built-in models and recipes. */
import { fileURLToPath } from "node:url";

/** `GRADUS_ASSETS` where a packaged application keeps them elsewhere, else assets/ of this repository. */
export function assetFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const asked = env["GRADUS_ASSETS"];
  if (asked !== undefined && asked !== "") return asked;
  return fileURLToPath(new URL("../../assets", import.meta.url));
}
