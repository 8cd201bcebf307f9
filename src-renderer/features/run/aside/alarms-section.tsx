/** The alarms of a run: what happened, over which steps, what to do; open ones first, each to be dismissed. */
import type { ReactNode } from "react";
import type { Alarm } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { invalidate } from "#renderer/bridge/query-client.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

const MARKS = { error: "cross", warning: "warn", info: "dash" } as const;
const TONES = { error: "fail", warning: "warn", info: "t3" } as const;

function AlarmLine({
  alarm,
  busy,
  onStep,
  onDismiss,
}: {
  readonly alarm: Alarm;
  readonly busy: boolean;
  readonly onStep: (step: number) => void;
  readonly onDismiss: () => void;
}): ReactNode {
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

export function AlarmsSection({
  alarms,
  onStep,
}: {
  readonly alarms: readonly Alarm[];
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
              onStep={onStep}
              onDismiss={() => dismiss(alarm)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}
