/** What each stage works on: problems of a task, what an earlier stage made, or a dataset. */
import { host } from "#renderer/bridge/host.ts";
import { useId } from "react";
import type { ReactNode } from "react";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { useDraft } from "../../document/draft-value.ts";
import { FieldChecks } from "../../fields/field-checks.tsx";
import { getValue, isMap, textAt } from "../../document/plain-value.ts";
import type { Json, Keys } from "../../document/plain-value.ts";
import { stagesOf } from "../../document/stage-edits.ts";
import { DataSources } from "./data-sources.tsx";
import { StagePrompts } from "./rendered-prompts.tsx";
import { TextField, wholeNumber } from "../../fields/text-field.tsx";

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
  return <SftData stage={stage} index={index} keys={keys} />;
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

type SftSource = "task" | "stage" | "dataset";

function SftData({
  stage,
  index,
  keys,
}: {
  readonly stage: Json;
  readonly index: number;
  readonly keys: Keys;
}): ReactNode {
  const { value, set } = useDraft();
  const id = useId();
  const data = getValue(stage, ["data"]);
  const kind: SftSource =
    isMap(data) && "stage" in data
      ? "stage"
      : isMap(data) && "dataset" in data
        ? "dataset"
        : "task";
  const makers = stagesOf(value)
    .slice(0, index)
    .flatMap((one) =>
      getValue(one, ["kind"]) === "rejection-sampling" ? [textAt(one, ["name"])] : [],
    );
  const published = new Map<string, string>(
    (useQuery(kind === "dataset" ? datasetsQuery : undefined).data ?? []).flatMap((one) =>
      one.latestVersion === null
        ? []
        : [
            [
              `${one.id}@${String(one.latestVersion)}`,
              `${visibleText(one.name)}, ${plural(one.latestVersionRecords ?? 0, "record")}`,
            ] as const,
          ],
    ),
  );
  const choose = (next: SftSource): void => {
    if (next === "stage") set(keys, { stage: makers.at(-1) ?? "" });
    else if (next === "dataset") set(keys, { dataset: "" });
    else set(keys, { source: { task: "arithmetic", difficulties: [3, 4, 5] }, examples: 512 });
  };
  return (
    <>
      <div className="fr">
        <div>
          <div className="mono">data</div>
          <div className="s11 t3">where the examples come from</div>
        </div>
        <div className="flex">
          <Segments
            label={`Examples of ${textAt(stage, ["name"])}`}
            value={kind}
            onChange={choose}
            segments={[
              { value: "task", label: "worked out" },
              { value: "stage", label: "a stage's" },
              { value: "dataset", label: "dataset" },
            ]}
          />
        </div>
        <FieldChecks keys={keys} id={id} exact />
      </div>
      {kind === "task" && (
        <>
          <DataSources keys={[...keys, "source"]} stage={textAt(stage, ["name"])} />
          <TextField
            label="examples"
            line="worked solutions that are generated"
            keys={[...keys, "examples"]}
            read={wholeNumber}
            wide={false}
          />
        </>
      )}
      {kind === "stage" && (
        <TextField
          label="stage"
          line="a stage before that keeps right solutions"
          keys={[...keys, "stage"]}
          choices={makers}
        />
      )}
      {kind === "dataset" && (
        <TextField
          label="dataset"
          line={published.get(textAt(data, ["dataset"])) ?? "a published version, or a JSONL file"}
          keys={[...keys, "dataset"]}
          choices={[...published.keys()]}
          choiceWords={Object.fromEntries(published)}
        />
      )}
    </>
  );
}
