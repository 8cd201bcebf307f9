/** What a teacher is asked: prompts of one's own, or training problems of a task or a problem set. */
import type { GenerateRequest } from "#shared/contract/generate.ts";
import type { RecordReference } from "#shared/schema/dataset.ts";
import type { VerifierSpec } from "#shared/schema/problem.ts";
import { isOutside } from "#main/core/problems/outside/outside-task.ts";
import type { OutsideAnswer, OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { findRuledTask, findTask } from "#main/core/problems/registry.ts";

export interface TeacherPrompt {
  readonly prompt: string;
  readonly reference: RecordReference;
  /** Of a task that judges elsewhere: the record keeps no right answer to be compared with. */
  readonly elsewhere: (OutsideAnswer["problem"] & { readonly verifier: VerifierSpec }) | null;
}

/** Throws as the sources do. */
export async function teacherPrompts(
  request: GenerateRequest,
  { sets, tasks }: { readonly sets: SetReader; readonly tasks: OutsideTasks },
): Promise<TeacherPrompt[]> {
  const { prompts } = request;
  if ("list" in prompts) {
    return prompts.list.map(({ prompt, gold }) => ({
      prompt,
      reference: { task: null, problemId: null, difficulty: null, gold: gold ?? null, data: null },
      elsewhere: null,
    }));
  }
  const { source, count } = prompts;
  const { seed } = request;
  const supply = new ProblemSupply(source, { split: "train", seed, sets, outside: tasks });
  await supply.prepareDistinct(count);
  return supply.distinct(count).map((problem) => {
    const ofTask = findRuledTask(problem.source) !== undefined;
    // What a task leaves to others to judge has no answer that a record could be compared with.
    const isElsewhere = isOutside(problem.verifier.name);
    const ofSet = findTask(problem.source) === undefined && !isElsewhere;
    const gold = ofTask || ofSet ? problem.gold : null;
    return {
      prompt: problem.prompt,
      reference: {
        task: ofTask ? problem.source : null,
        problemId: problem.id,
        difficulty: problem.difficulty,
        gold,
        data: ofTask ? problem.data : null,
      },
      elsewhere: isElsewhere ? problem : null,
    };
  });
}
