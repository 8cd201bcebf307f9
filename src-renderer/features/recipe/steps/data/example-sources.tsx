/** Where a fine-tuning stage's examples come from: one source, or a mix with weights. */
import { useId } from "react";
import type { ReactNode } from "react";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { sourcesAt, withoutSource, withSource } from "../../document/source-list.ts";
import { useDraft } from "../../document/draft-value.ts";
import { getValue, isMap, textAt } from "../../document/plain-value.ts";
import type { Json, JsonMap, Keys } from "../../document/plain-value.ts";
import { stagesOf } from "../../document/stage-edits.ts";
import { FieldChecks } from "../../fields/field-checks.tsx";
import { TextField, wholeNumber } from "../../fields/text-field.tsx";
import { DataSources, positive } from "./data-sources.tsx";
import { AddSource } from "./add-source.tsx";

type Kind = "task" | "stage" | "dataset";

const KINDS = [
  { value: "task", label: "worked out" },
  { value: "stage", label: "a stage's" },
  { value: "dataset", label: "dataset" },
] as const;

/** A source of its kind, to begin with. */
function newSource(kind: Kind, makers: readonly string[]): JsonMap {
  if (kind === "stage") return { stage: makers.at(-1) ?? "" };
  if (kind === "dataset") return { dataset: "" };
  return { source: { task: "arithmetic", difficulties: [3, 4, 5] }, examples: 512 };
}

function kindOf(source: Json): Kind {
  if (isMap(source) && "stage" in source) return "stage";
  return isMap(source) && "dataset" in source ? "dataset" : "task";
}

export function ExampleSources({
  stage,
  index,
}: {
  readonly stage: Json;
  readonly index: number;
}): ReactNode {
  const { value, set, broken } = useDraft();
  const keys: Keys = ["stages", index, "data"];
  const name = textAt(stage, ["name"]);
  const data = getValue(stage, ["data"]);
  const sources = sourcesAt(data, keys);
  const makers = stagesOf(value)
    .slice(0, index)
    .flatMap((one) =>
      getValue(one, ["kind"]) === "rejection-sampling" ? [textAt(one, ["name"])] : [],
    );
  return (
    <>
      {sources.map(({ keys: place, source }, at) => (
        <div key={place.join(".")} className={at === 0 ? undefined : "bt"}>
          <ExampleSource
            keys={place}
            source={source}
            stage={name}
            makers={makers}
            title={sources.length > 1 ? `Source ${String(at + 1)}` : undefined}
            onRemove={() => set(keys, withoutSource(data, at))}
          />
        </div>
      ))}
      <AddSource
        text="Mix in other examples"
        label={`Mix in other examples for ${name}`}
        disabled={broken}
        onAdd={() => set(keys, withSource(data, newSource("dataset", makers)))}
      />
    </>
  );
}

function ExampleSource({
  keys,
  source,
  stage,
  makers,
  title,
  onRemove,
}: {
  readonly keys: Keys;
  readonly source: Json;
  readonly stage: string;
  readonly makers: readonly string[];
  /** Of one of several. */
  readonly title: string | undefined;
  readonly onRemove: () => void;
}): ReactNode {
  const { set, broken } = useDraft();
  const id = useId();
  const kind = kindOf(source);
  const choose = (next: Kind): void => {
    const weight = getValue(source, ["weight"]);
    set(keys, { ...newSource(next, makers), ...(weight === undefined ? {} : { weight }) });
  };
  return (
    <>
      <div className="fr">
        <div>
          <div className={title === undefined ? "mono" : "med s12"}>{title ?? "data"}</div>
          <div className="s11 t3">where the examples come from</div>
        </div>
        <div className="flex">
          <Segments
            label={title === undefined ? `Examples of ${stage}` : `${title} of ${stage}`}
            value={kind}
            onChange={choose}
            segments={KINDS}
          />
        </div>
        <div className="flex sourceacts">
          {title !== undefined && (
            <button
              type="button"
              className="btn small quiet"
              aria-label={`Remove ${title.toLowerCase()} of ${stage}`}
              disabled={broken}
              onClick={onRemove}
            >
              Remove
            </button>
          )}
          <FieldChecks keys={keys} id={id} exact />
        </div>
      </div>
      {kind === "task" && (
        <>
          <DataSources keys={[...keys, "source"]} stage={stage} />
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
          line="a stage before that keeps solutions"
          keys={[...keys, "stage"]}
          choices={makers}
        />
      )}
      {kind === "dataset" && <DatasetField keys={keys} source={source} />}
      {title !== undefined && (
        <TextField
          label="weight"
          line="examples for each one of a source with weight 1; shorter sources begin again"
          keys={[...keys, "weight"]}
          read={positive}
          wide={false}
        />
      )}
    </>
  );
}

function DatasetField({ keys, source }: { readonly keys: Keys; readonly source: Json }): ReactNode {
  const published = new Map<string, string>(
    (useQuery(datasetsQuery).data ?? []).flatMap((one) =>
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
  return (
    <TextField
      label="dataset"
      line={
        published.get(textAt(source, ["dataset"])) ??
        "a published version, a JSONL file, or general-chat, which ships"
      }
      keys={[...keys, "dataset"]}
      choices={[...published.keys()]}
      choiceWords={Object.fromEntries(published)}
    />
  );
}
