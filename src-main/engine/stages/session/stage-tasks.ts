/** A stage's tasks whose code runs elsewhere, as the host kept it for the stage. */
import { readPluginFile } from "#main/core/problems/plugins/plugin-file.ts";
import { pluginOfVerifier, pluginTask } from "#main/core/problems/plugins/plugin-task.ts";
import type { OutsideTask, OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import type { StageContext, StartRequest } from "#main/core/stage-context.ts";

/** A plug-in that the host did not give is a bug. */
export function stageTasks(
  { pluginFiles = {} }: StartRequest,
  { sandbox }: StageContext,
): OutsideTasks {
  const tasks = new Map<string, OutsideTask>();
  const plugin = (name: string, sha256 = ""): OutsideTask => {
    const file = pluginFiles[sha256];
    if (file === undefined) throw new Error(`the host gave the stage no plug-in ${name}`);
    const task = tasks.get(file) ?? pluginTask(sandbox, readPluginFile(file));
    tasks.set(file, task);
    return task;
  };
  return {
    ofSource: async ({ task, sha256 }) => plugin(task, sha256),
    ofVerifier: async (verifier) => {
      const { name = verifier.name, sha256 } = pluginOfVerifier(verifier) ?? {};
      return plugin(name, sha256);
    },
  };
}
