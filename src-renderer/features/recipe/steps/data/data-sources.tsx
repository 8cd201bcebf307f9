/** Where a stage's problems come from: one source or several with weights, each a task or a problem set. */
import type { ReactNode } from "react";
import { Segments } from "#renderer/ui/segments.tsx";
import {
  sourcesAt,
  withoutSource,
  withSource,
  withSourceMoved,
} from "../../document/source-list.ts";
import { useDraft } from "../../document/draft-value.ts";
import { getValue, isMap } from "../../document/plain-value.ts";
import type { JsonMap, Keys } from "../../document/plain-value.ts";
import { FieldChecks } from "../../fields/field-checks.tsx";
import { TextField } from "../../fields/text-field.tsx";
import { SetSource, useSetNames } from "./set-source.tsx";
import { TaskSource } from "./task-source.tsx";
import { AddSource } from "./add-source.tsx";

const NEW_TASK: JsonMap = { task: "arithmetic", difficulties: [3, 4, 5] };
const KINDS = [
  { value: "task", label: "a task" },
  { value: "problems", label: "a problem set" },
] as const;

export function positive(text: string): number | undefined {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(number) && number > 0 ? number : undefined;
}

interface SourceProps {
  readonly keys: Keys;
  readonly at: number;
  readonly count: number;
  /** Of all sources. */
  readonly all: Keys;
  readonly stage: string;
}

function SourceHead({ keys, at, count, all, stage }: SourceProps): ReactNode {
  const { value, set, broken } = useDraft();
  const names = useSetNames();
  const data = getValue(value, all);
  const source = getValue(value, keys);
  const kind = isMap(source) && "problems" in source ? "problems" : "task";
  const title = count > 1 ? `Source ${String(at + 1)}` : "source";
  const turn = (next: "task" | "problems"): void => {
    if (next === kind) return;
    const weight = getValue(source, ["weight"]);
    const fresh = next === "task" ? NEW_TASK : { problems: names[0] ?? "", split: "train" };
    set(keys, weight === undefined ? fresh : { ...fresh, weight });
  };
  return (
    <div className="fr">
      <div>
        <div className={count > 1 ? "med s12" : "mono"}>{title}</div>
        <div className="s11 t3">where the problems come from</div>
      </div>
      <div className="flex">
        <Segments
          label={count > 1 ? `${title} of ${stage}` : `Problems of ${stage}, source`}
          value={kind}
          onChange={turn}
          segments={KINDS}
        />
      </div>
      <div className="flex sourceacts">
        {count > 1 && (
          <>
            <button
              type="button"
              className="btn small quiet"
              aria-label={`Move source ${String(at + 1)} of ${stage} up`}
              disabled={broken || at === 0}
              onClick={() => set(all, withSourceMoved(data, at, -1))}
            >
              Up
            </button>
            <button
              type="button"
              className="btn small quiet"
              aria-label={`Move source ${String(at + 1)} of ${stage} down`}
              disabled={broken || at === count - 1}
              onClick={() => set(all, withSourceMoved(data, at, 1))}
            >
              Down
            </button>
            <button
              type="button"
              className="btn small quiet"
              aria-label={`Remove source ${String(at + 1)} of ${stage}`}
              disabled={broken}
              onClick={() => set(all, withoutSource(data, at))}
            >
              Remove
            </button>
          </>
        )}
        <FieldChecks keys={keys} id={`${keys.join("-")}-checks`} exact />
      </div>
    </div>
  );
}

export function DataSources({
  keys,
  stage,
}: {
  readonly keys: Keys;
  /** Its name. */
  readonly stage: string;
}): ReactNode {
  const { value, set, broken } = useDraft();
  const names = useSetNames();
  const data = getValue(value, keys);
  const sources = sourcesAt(data, keys);
  return (
    <>
      {sources.map(({ keys: place, source }, at) => (
        <div key={place.join(".")} className={at === 0 ? undefined : "bt"}>
          <SourceHead keys={place} at={at} count={sources.length} all={keys} stage={stage} />
          {isMap(source) && "problems" in source ? (
            <SetSource keys={place} stage={stage} />
          ) : (
            <TaskSource keys={place} />
          )}
          {sources.length > 1 && (
            <TextField
              label="weight"
              line="problems for each one of a source with weight 1"
              keys={[...place, "weight"]}
              read={positive}
              wide={false}
            />
          )}
        </div>
      ))}
      <AddSource
        text="Add a source"
        label={`Add a source to ${stage}`}
        disabled={broken}
        onAdd={() => {
          const [first] = names;
          set(
            keys,
            withSource(data, first === undefined ? NEW_TASK : { problems: first, split: "train" }),
          );
        }}
      />
    </>
  );
}
