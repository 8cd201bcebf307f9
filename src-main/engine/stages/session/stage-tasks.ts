/** A stage's tasks whose code runs elsewhere, as the host kept it for the stage. */
import { AppError } from "#shared/errors.ts";
import type { GymSource } from "#shared/schema/stages/problem-data.ts";
import type { Gym } from "#main/core/gym-port.ts";
import { gymOfVerifier, gymTask } from "#main/core/problems/outside/gym-task.ts";
import { soundTask } from "#main/core/problems/plugins/sound-task.ts";
import { readPluginFile } from "#main/core/problems/plugins/plugin-file.ts";
import { pluginOfVerifier } from "#main/core/problems/plugins/plugin-task.ts";
import type { OutsideTask, OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import type { StageContext, StartRequest } from "#main/core/stage-context.ts";

/** A plug-in that the host did not give is a bug. */
export function stageTasks(
  { pluginFiles = {}, gym: program }: StartRequest,
  { sandbox, openGym, signal }: StageContext,
): OutsideTasks {
  let gym: Gym | undefined;
  const dataset = async (
    source: Pick<GymSource, "task" | "config" | "version">,
  ): Promise<OutsideTask> => {
    if (program === undefined) throw new Error(`the host gave the stage no way to ${source.task}`);
    gym ??= openGym(program);
    const version = await gym.version();
    requireVersion(source, version);
    return gymTask(gym, source, version);
  };
  const tasks = new Map<string, Promise<OutsideTask>>();
  const plugin = async (name: string, sha256 = ""): Promise<OutsideTask> => {
    const file = pluginFiles[sha256];
    if (file === undefined) throw new Error(`the host gave the stage no plug-in ${name}`);
    const task = tasks.get(file) ?? soundTask(sandbox, readPluginFile(file, sha256), signal);
    tasks.set(file, task);
    return task;
  };
  return {
    ofSource: async (source) =>
      "config" in source ? dataset(source) : plugin(source.task, source.sha256),
    ofVerifier: async (verifier) => {
      const asked = gymOfVerifier(verifier);
      if (asked !== undefined) return dataset(asked);
      const { name = verifier.name, sha256 } = pluginOfVerifier(verifier) ?? {};
      return plugin(name, sha256);
    },
  };
}

/** Throws CONFLICT where somebody changed the package under a run that had begun. */
function requireVersion({ version }: Pick<GymSource, "version">, installed: string): void {
  if (version === undefined || version === installed) return;
  throw new AppError(
    "CONFLICT",
    `The run was begun with reasoning-gym ${version}, and its environment holds ${installed}: its problems and scores may differ.`,
    "Install it again: gradus python install --again.",
  );
}
