/** The problems of a stage: of tasks, and of problem sets as the host wrote them for it. */
import { readFileSync } from "node:fs";
import { problemFileKey } from "#shared/schema/engine-protocol.ts";
import { SetProblem } from "#shared/schema/problem.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import type { StageSession } from "./stage-session.ts";

/** Reads the files that the host gave; what is not there is a bug. */
export function setsOf(session: StageSession): SetReader {
  const files = session.request.problemFiles ?? {};
  return (source) => {
    const file = files[problemFileKey(source)];
    if (file === undefined)
      throw new Error(`the host gave the stage no problems of ${source.problems}`);
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => SetProblem.parse(JSON.parse(line)));
  };
}
