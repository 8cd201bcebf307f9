/** The alarms of a run: what happened, the completions that show it, what to do and a branch to try it; open ones first, each to be dismissed. */
import type { ReactNode } from "react";
import type { AlarmChange, AlarmEvidence } from "#shared/schema/alarm.ts";
import type { Alarm, Checkpoint } from "#shared/schema/run.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { invalidate } from "#renderer/bridge/query-client.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { usePinnedStep } from "../charts/use-pinned-step.ts";

const MARKS = { error: "cross", warning: "warn", info: "dash" } as const;
const TONES = { error: "fail", warning: "warn", info: "t3" } as const;

interface AlarmLineProps {
  readonly alarm: Alarm;
  readonly busy: boolean;
  /** Of the newest checkpoint that an alarm's branch can begin with; undefined where there is none. */
  readonly branchStep: number | undefined;
  readonly onStep: (step: number) => void;
  readonly onDismiss: () => void;
  readonly onBranch: (change: AlarmChange, step: number) => void;
}

function AlarmLine(props: AlarmLineProps): ReactNode {
  const { alarm, busy, branchStep, onStep, onDismiss, onBranch } = props;
  const { change } = alarm;
  const open = alarm.dismissedAtMs === null;
  return (
    <li className="al">
      <Glyph
        name={MARKS[alarm.level]}
        className={open ? TONES[alarm.level] : "t3"}
        label={alarm.level}
      />
      <div className="break">
        <span className={open ? "med" : "t3"}>{alarm.message}</span>
        {open && <div className="t3">{alarm.advice}</div>}
        <div className="flex alarmacts">
          <button type="button" className="linkbtn" onClick={() => onStep(alarm.step)}>
            Show step {formatNumber(alarm.step)}
          </button>
          <Evidence evidence={alarm.evidence} />
          {open && change !== null && branchStep !== undefined && (
            <button
              type="button"
              className="linkbtn"
              disabled={busy}
              title={`Makes a recipe that begins with the checkpoint of step ${formatNumber(branchStep)}; this run stays as it is.`}
              onClick={() => onBranch(change, branchStep)}
            >
              Branch with {changeText(change)}
            </button>
          )}
          {open ? (
            <button type="button" className="linkbtn" disabled={busy} onClick={onDismiss}>
              Dismiss
            </button>
          ) : (
            <span className="t3">dismissed</span>
          )}
        </div>
      </div>
    </li>
  );
}

/** The completions that prove an alarm, each a way to it. */
function Evidence({ evidence }: { readonly evidence: readonly AlarmEvidence[] }): ReactNode {
  const [, setStep] = usePinnedStep();
  const [, setGroup] = useFilter("group");
  const [, setIndex] = useFilter("completion");
  const show = ({ step, group, index }: AlarmEvidence): void => {
    setStep(step);
    setGroup(String(group));
    setIndex(String(index));
  };
  return evidence.map((one) => (
    <button
      key={`${one.group} ${one.index}`}
      type="button"
      className="linkbtn"
      onClick={() => show(one)}
    >
      Prompt {one.group + 1}, completion {one.index + 1}
    </button>
  ));
}

/** A short value stands beside its option; a list is said by its name alone. */
function changeText({ option, value }: AlarmChange): string {
  return typeof value === "object" ? `other ${option}` : `${option} ${String(value)}`;
}

export function AlarmsSection({
  alarms,
  checkpoints,
  onStep,
}: {
  readonly alarms: readonly Alarm[];
  readonly checkpoints: readonly Checkpoint[];
  readonly onStep: (step: number) => void;
}): ReactNode {
  const { busy, failure, run } = useAct();
  const open = alarms.filter((alarm) => alarm.dismissedAtMs === null);
  const done = alarms.filter((alarm) => alarm.dismissedAtMs !== null);
  const dismiss = (alarm: Alarm): void => {
    void run(async () => {
      await host.attention.dismiss({ id: `alarm:${String(alarm.id)}` });
      invalidate([`run:${alarm.runId}`]);
    });
  };
  const branch = (alarm: Alarm, change: AlarmChange, step: number): void => {
    void run(async () => {
      const recipe = await host.recipes.fromRun({ runId: alarm.runId, step, change });
      navigate(hrefTo(["recipe", recipe.id]));
    });
  };
  return (
    <section aria-label="Alarms">
      <div className="head" style={{ marginTop: 2 }}>
        <h2>Alarms</h2>
        <span className="note end">
          {alarms.length === 0
            ? "none so far"
            : `${String(open.length)} open · ${String(done.length)} dismissed`}
        </span>
      </div>
      {failure !== undefined && <FailureNotice failure={failure} />}
      {alarms.length > 0 && (
        <ul className="s12" style={{ padding: "0 16px 10px" }}>
          {[...open.toReversed(), ...done.toReversed()].map((alarm) => (
            <AlarmLine
              key={alarm.id}
              alarm={alarm}
              busy={busy}
              branchStep={checkpointBefore(checkpoints, alarm.step)}
              onStep={onStep}
              onDismiss={() => dismiss(alarm)}
              onBranch={(change, step) => branch(alarm, change, step)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The last one that was kept before the alarm's step, or at it. */
function checkpointBefore(checkpoints: readonly Checkpoint[], step: number): number | undefined {
  return checkpoints.findLast((one) => one.removedAtMs === null && one.step <= step)?.step;
}
