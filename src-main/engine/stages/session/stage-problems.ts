/** The problems of a stage: of tasks, and of problem sets as the host wrote them for it. */
import { readFileSync } from "node:fs";
import { problemFileKey } from "#shared/schema/engine-protocol.ts";
import { MeasuredSetProblem } from "#shared/schema/problem.ts";
import { MADE_PROBLEMS } from "#main/core/problems/outside/outside-problems.ts";
import type { Preparing } from "#main/core/problems/outside/outside-problems.ts";
import type { SetReader, SupplyOptions } from "#main/core/problems/problem-supply.ts";
import type { StageSession } from "./stage-session.ts";

/** Where the stage's problems come from. */
export function suppliesOf(session: StageSession): Omit<SupplyOptions, "split" | "seed"> {
  const { outside } = session;
  return { sets: setsOf(session), outside, keptIn: session.outPath(MADE_PROBLEMS) };
}

/** How they are made: it can be ended, and says how far it is. */
export function preparing(session: StageSession): Preparing {
  return {
    signal: session.signal,
    onProgress: (done, total) => {
      session.progress(done, total, "problems", "making problems", null);
    },
  };
}

/** Reads the files that the host gave; what is not there is a bug. */
function setsOf(session: StageSession): SetReader {
  const files = session.request.problemFiles ?? {};
  return (source) => {
    const file = files[problemFileKey(source)];
    if (file === undefined)
      throw new Error(`the host gave the stage no problems of ${source.problems}`);
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => MeasuredSetProblem.parse(JSON.parse(line)));
  };
}
