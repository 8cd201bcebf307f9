/** A task plug-in that was tried: what would make numbers wrong in silence is said before anything is made of them. */
import type { Sandbox } from "../../sandbox-port.ts";
import type { OutsideTask } from "../outside/outside-task.ts";
import { checkPlugin, requireSound } from "./check-plugin.ts";
import type { PluginReport } from "./check-plugin.ts";
import { pluginTask } from "./plugin-task.ts";
import type { Plugin } from "./plugin.ts";

/** Of each kind of answer; `gradus plugins check` tries more of them. */
const TRIED = 40;

/** Throws BAD_INPUT where it fails, or what it gives cannot be relied on; the signal's reason. */
export async function soundTask(
  sandbox: Sandbox,
  plugin: Plugin,
  signal?: AbortSignal,
): Promise<OutsideTask> {
  requireSound(plugin, await tryPlugin(sandbox, plugin, signal));
  return pluginTask(sandbox, plugin);
}

/** Throws BAD_INPUT where its code fails; the signal's reason. */
export async function tryPlugin(
  sandbox: Sandbox,
  plugin: Plugin,
  signal?: AbortSignal,
): Promise<PluginReport> {
  return checkPlugin(sandbox, plugin, {
    count: TRIED,
    ...(signal === undefined ? {} : { signal }),
  });
}
