/** The keys of a set's screen. */
import { useMemo } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { stepCommands } from "#renderer/ui/step-commands.ts";

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

/** @param acts the same with every render */
export function useSetCommands({ count, at, choose }: SetSteps, acts: SetActs): void {
  useCommands(
    useMemo((): readonly Command[] => {
      const command = (id: string, title: string, keys: string, run: () => void): Command => ({
        id: `problem-set.${id}`,
        title,
        group: "This screen",
        keys,
        run,
      });
      return [
        ...stepCommands({ screen: "problem-set", row: "problem", count, at, choose }),
        command("filter", "Filter problems", "/", acts.filter),
        command("try", "Try an answer on the verifier", "Y", acts.tryAnswer),
        command("side", "The set’s facts, or the problem", "V", acts.turnSide),
        command("measure", "Measure a model on these problems…", "M", acts.measure),
        command("train", "Train on these: a new GRPO recipe", "N", acts.train),
        command("benchmark", "Benchmark on these: a new recipe", "B", acts.benchmark),
        command("export", "Export…", "X", acts.exportFile),
        command("delete", "Delete the problem set…", "Delete", acts.remove),
      ];
    }, [count, at, choose, acts]),
  );
}
