/** Everything that is wrong or doubtful, what it will take, and the start: once, with several seeds, or as a sweep. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { formatDuration, formatUsd, plural } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { useDraft } from "../document/draft-value.ts";
import { rangeText } from "../estimate-region.tsx";
import { ProblemLine } from "../fields/field-checks.tsx";
import { getValue } from "../document/plain-value.ts";
import { lookText } from "./steps-list.tsx";
import { SweepForm } from "./sweep-form.tsx";
import { NO_SWEEP, readSweep } from "../document/sweep-plan.ts";
import type { WizardStep } from "./wizard-steps.ts";
import { stepOf } from "./wizard-steps.ts";

export interface ReviewStepProps {
  readonly saved: SavedRecipe;
  readonly steps: readonly WizardStep[];
  /** Saves what is typed. */
  readonly onBeforeStart: () => Promise<void>;
}

export function ReviewStep({ saved, steps, onBeforeStart }: ReviewStepProps): ReactNode {
  const { problems, text, value, estimate, looking, goTo } = useDraft();
  const [sweep, setSweep] = useState(NO_SWEEP);
  const act = useAct();
  const seed = getValue(value, ["seed"]);
  const plan = readSweep(sweep, typeof seed === "number" ? seed : 0);
  const errors = problems.filter(({ level }) => level === "error");
  const shown = problems.filter(({ level }) => level !== "note");
  const launches = "wrong" in plan ? 0 : plan.launches;
  const start = (): void => {
    if ("wrong" in plan || errors.length > 0) return;
    void act.run(async () => {
      await onBeforeStart();
      if (plan.axes.length === 0) {
        const { pipelineId } = await host.pipelines.start({ yaml: text, recipeId: saved.id });
        navigate(hrefTo(["pipeline", pipelineId]));
        return;
      }
      await host.pipelines.startSweep({
        yaml: text,
        axes: [...plan.axes],
        mode: sweep.mode,
        recipeId: saved.id,
      });
      navigate(hrefTo(["recipes"], { view: "sweeps" }));
    });
  };
  return (
    <>
      <div className="sec">
        <h2>Checks</h2>
        <span className="t3 s12">
          {errors.length > 0
            ? `${plural(errors.length, "problem")} to mend before it can start`
            : shown.length > 0
              ? `${plural(shown.length, "doubt")}; it can start`
              : looking === undefined
                ? "nothing is wrong"
                : "nothing is wrong so far"}
          {looking !== undefined && `; data of ${looking.stage}: ${lookText(looking)}`}
        </span>
      </div>
      <ul className="problems">
        {shown.map((problem) => (
          <li key={`${problem.path} ${problem.message}`}>
            <button
              type="button"
              className="linkbtn mono"
              onClick={() => goTo(stepOf(problem, steps))}
            >
              {problem.path === "" ? "text" : problem.path}
            </button>
            <ProblemLine problem={problem} />
          </li>
        ))}
      </ul>
      <div className="sec bt">
        <h2>Pipelines</h2>
        <span className="t3 s12">each is a run of its own with its configuration fixed</span>
      </div>
      <div className="sectext">
        <SweepForm draft={sweep} onChange={setSweep} />
        {"wrong" in plan && (
          <p className="s12 fail" role="alert" style={{ marginTop: 8 }}>
            ✕ {plan.wrong}
          </p>
        )}
      </div>
      <div className="sec bt">
        <h2>Start</h2>
        <span className="t3 s12">
          {estimate?.timeMs === null || estimate === null
            ? "no estimate yet"
            : `${launches > 1 ? `${String(launches)} times ` : ""}${rangeText(estimate.timeMs, formatDuration) ?? ""}, ${rangeText(estimate.usd, formatUsd) ?? ""}`}
        </span>
      </div>
      <div className="sectext flex">
        <button
          type="button"
          className="btn primary"
          disabled={errors.length > 0 || "wrong" in plan || act.busy}
          onClick={start}
        >
          {launches > 1 ? `Start ${String(launches)} pipelines` : "Start"}
        </button>
        <span className="s12 t3">
          What is started waits in the{" "}
          <a className="link" href={hrefTo(["recipes"], { view: "queue" })}>
            queue
          </a>{" "}
          while something else runs.
        </span>
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
    </>
  );
}
