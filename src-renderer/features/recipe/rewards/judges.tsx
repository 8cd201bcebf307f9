/** A stage's judges: which endpoint, its rubric, what it may cost, and how it agreed with people. */
import { useState } from "react";
import type { ReactNode } from "react";
import { agreementText } from "#shared/agreement-text.ts";
import { JudgeReward, rewardName } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import { RewardPath } from "#shared/schema/reward-file.ts";
import { host } from "#renderer/bridge/host.ts";
import { endpointsQuery, rewardFilesQuery } from "#renderer/bridge/queries.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { useDraft } from "../document/draft-value.ts";
import { FieldChecks } from "../fields/field-checks.tsx";
import { TextField } from "../fields/text-field.tsx";
import { CapField } from "../fields/cap-field.tsx";
import { CompareWithPeople } from "./compare-with-people.tsx";
import { RubricEditor } from "./rubric-editor.tsx";

const STARTING_RUBRIC = `Judge the text by what was asked.

- It does what the task says.
- It is clear, and free of mistakes.

10: a careful reader would change nothing. 1: it does not answer the task.
`;

export interface JudgesProps {
  /** The stage's place in the recipe. */
  readonly index: number;
  readonly rewards: readonly RewardSpec[];
  readonly onChange: (rewards: readonly RewardSpec[]) => void;
}

export function Judges({ index, rewards, onChange }: JudgesProps): ReactNode {
  const { broken } = useDraft();
  const endpoints = useQuery(endpointsQuery).data;
  const files = useQuery(rewardFilesQuery).data ?? [];
  const [open, setOpen] = useState<RewardPath>();
  const act = useAct();
  const taken = new Set<string>([...files.map(({ file }) => file), ...rewards.map(rewardName)]);
  const add = (judge: string): void => {
    void act.run(async () => {
      const name = freeName(taken);
      const file = RewardPath.parse(`rewards/${name}.md`);
      await host.rewards.save({ file, text: STARTING_RUBRIC, sha256: null });
      onChange([...rewards, JudgeReward.parse({ judge, rubric: file })]);
      setOpen(file);
    });
  };
  return (
    <>
      <div className="sec bt">
        <h2>Judges</h2>
        <span className="t3 s12">a model behind an endpoint grades by a rubric</span>
      </div>
      {rewards.map(
        (spec, place) =>
          "judge" in spec && (
            <OneJudge
              key={rewardName(spec)}
              spec={spec}
              keys={["stages", index, "rewards", place]}
              onEdit={setOpen}
            />
          ),
      )}
      <div className="sectext flex">
        {(endpoints ?? []).map(({ id, name }) => (
          <button
            key={id}
            type="button"
            className="btn small"
            disabled={broken || act.busy}
            onClick={() => add(name)}
          >
            Add a judge: {name}
          </button>
        ))}
        {endpoints?.length === 0 && (
          <span className="s12 t3">No endpoint yet: Settings → Endpoints adds one.</span>
        )}
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {open !== undefined && (
        <RubricEditor key={open} file={open} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

function OneJudge({
  spec,
  keys,
  onEdit,
}: {
  readonly spec: JudgeReward;
  readonly keys: readonly (string | number)[];
  readonly onEdit: (file: RewardPath) => void;
}): ReactNode {
  const endpoints = useQuery(endpointsQuery).data ?? [];
  const asked = JSON.stringify(spec);
  const found = useQuery(
    queryOf(`rewards.agreement.${asked}`, ["recipes", "settings"], (options) =>
      host.rewards.agreement({ spec }, options),
    ),
  ).data?.agreement;
  const [comparing, setComparing] = useState(false);
  const files = useQuery(rewardFilesQuery).data ?? [];
  const path = RewardPath.safeParse(spec.rubric);
  const known = path.success ? files.find(({ file }) => file === path.data) : undefined;
  return (
    <>
      <TextField
        label="judge"
        line={
          found === undefined || found === null
            ? "not compared with people yet"
            : agreementText(found)
        }
        keys={[...keys, "judge"]}
        choices={endpoints.map(({ name }) => name)}
      >
        <button type="button" className="btn small" onClick={() => setComparing(true)}>
          Compare with people…<span className="visually-hidden"> {rewardName(spec)}</span>
        </button>
      </TextField>
      <TextField
        label="rubric"
        line="a Markdown file; without it each problem’s own"
        keys={[...keys, "rubric"]}
      >
        {path.success && known !== undefined && spec.sha256 === undefined && (
          <button type="button" className="btn small" onClick={() => onEdit(path.data)}>
            Edit<span className="visually-hidden"> {path.data}</span>
          </button>
        )}
      </TextField>
      <CapField keys={[...keys, "cap"]} />
      <FieldChecks keys={[...keys, "model"]} id={`judge-model-${rewardName(spec)}`} />
      {comparing && <CompareWithPeople spec={spec} onClose={() => setComparing(false)} />}
    </>
  );
}

function freeName(taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? "rubric" : `rubric-${n}`;
    if (!taken.has(name) && !taken.has(`rewards/${name}.md`)) return name;
  }
}
