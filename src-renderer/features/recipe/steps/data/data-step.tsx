/** What each stage works on: problems of a task, what an earlier stage made, or a dataset. */
import { host } from "#renderer/bridge/host.ts";
import type { ReactNode } from "react";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../../document/draft-value.ts";
import { getValue, isMap, textAt } from "../../document/plain-value.ts";
import type { Json, Keys } from "../../document/plain-value.ts";
import { stagesOf } from "../../document/stage-edits.ts";
import { DataSources } from "./data-sources.tsx";
import { ExampleSources } from "./example-sources.tsx";
import { StagePrompts } from "./rendered-prompts.tsx";
import { TextField } from "../../fields/text-field.tsx";

export function DataStep(): ReactNode {
  const { value } = useDraft();
  return stagesOf(value).map((stage, index) =>
    getValue(stage, ["kind"]) === "pretrain" ? null : (
      <section key={textAt(stage, ["name"])} aria-label={textAt(stage, ["name"])}>
        <div className={index === 0 ? "sec" : "sec bt"}>
          <h2>{textAt(stage, ["name"])}</h2>
          <span className="t3 s12">{textAt(stage, ["kind"])}</span>
        </div>
        <DataFields stage={stage} index={index} />
        <StagePrompts index={index} stage={textAt(stage, ["name"])} />
      </section>
    ),
  );
}

/** The data of one stage. */
export function DataFields({
  stage,
  index,
}: {
  readonly stage: Json;
  readonly index: number;
}): ReactNode {
  const keys: Keys = ["stages", index, "data"];
  const kind = getValue(stage, ["kind"]);
  if (kind === "benchmark") return <BenchmarkData stage={stage} keys={keys} />;
  if (kind !== "sft") return <DataSources keys={keys} stage={textAt(stage, ["name"])} />;
  return <ExampleSources stage={stage} index={index} />;
}

/** A task's held-out problems, or an imported set. */
function BenchmarkData({ stage, keys }: { readonly stage: Json; readonly keys: Keys }): ReactNode {
  const { set } = useDraft();
  const data = getValue(stage, ["data"]);
  const imported = isMap(data) && "benchmark" in data;
  const sets =
    useQuery({
      key: "benchmarks",
      topics: ["benchmarks"],
      fetch: (signal) => host.benchmarks.list(undefined, { signal }),
    }).data?.sets ?? [];
  return (
    <>
      <div className="fr">
        <div>
          <div className="mono">data</div>
          <div className="s11 t3">what is asked</div>
        </div>
        <div className="flex">
          <Segments
            label={`Problems of ${textAt(stage, ["name"])}`}
            value={imported ? "set" : "task"}
            onChange={(next) =>
              set(
                keys,
                next === "set"
                  ? { benchmark: sets[0]?.id ?? "" }
                  : { task: "arithmetic", difficulties: [3, 4, 5] },
              )
            }
            segments={[
              { value: "task", label: "tasks’ and sets’" },
              { value: "set", label: "an imported set" },
            ]}
          />
        </div>
        <span />
      </div>
      {imported ? (
        <TextField
          label="benchmark"
          line="an imported set, by its id"
          keys={[...keys, "benchmark"]}
          choices={sets.map(({ id }) => id)}
        />
      ) : (
        <DataSources keys={keys} stage={textAt(stage, ["name"])} />
      )}
    </>
  );
}
