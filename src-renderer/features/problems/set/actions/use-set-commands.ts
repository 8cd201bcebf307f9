/** The keys of a set's screen. */
import { useMemo } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export interface SetActs {
  readonly filter: () => void;
  readonly tryAnswer: () => void;
  readonly turnSide: () => void;
  readonly measure: () => void;
  readonly train: () => void;
  readonly benchmark: () => void;
  readonly exportFile: () => void;
  readonly remove: () => void;
}

export interface SetSteps {
  readonly count: number;
  readonly at: number;
  readonly choose: (index: number) => void;
}

/**
 * @param acts the same with every render
 * @param notNow why nothing can be started on these problems
 */
export function useSetCommands(
  { count, at, choose }: SetSteps,
  acts: SetActs,
  notNow: string | undefined,
): void {
  useCommands(
    useMemo((): readonly Command[] => {
      const command = screenCommands("problem-set");
      return [
        ...stepCommands({ screen: "problem-set", row: "problem", count, at, choose }),
        command("filter", "Filter problems", "/", acts.filter),
        command("try", "Try an answer on the verifier", "Y", acts.tryAnswer),
        command("side", "The set’s facts, or the problem", "V", acts.turnSide),
        command("measure", "Measure a model on these problems…", "M", acts.measure, notNow),
        command("train", "Train on these: a new GRPO recipe", "N", acts.train, notNow),
        command("benchmark", "Benchmark on these: a new recipe", "B", acts.benchmark, notNow),
        command("export", "Export…", "X", acts.exportFile),
        command("delete", "Delete the problem set…", "Delete", acts.remove),
      ];
    }, [count, at, choose, acts, notNow]),
  );
}
