/** A source that is a problem set: which, which side, and which of its problems, with how many that are. */
import { useDebouncedValue } from "@mantine/hooks";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { parseProblemFilter } from "#shared/schema/problem-filter-text.ts";
import { host } from "#renderer/bridge/host.ts";
import { problemSetsQuery } from "#renderer/bridge/queries.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../../document/draft-value.ts";
import { textAt } from "../../document/plain-value.ts";
import type { Keys } from "../../document/plain-value.ts";
import { FieldChecks } from "../../fields/field-checks.tsx";
import { TextField } from "../../fields/text-field.tsx";

const ASK_AFTER_MS = 200;
const SIDES = [
  { value: "train", label: "train" },
  { value: "test", label: "test" },
] as const;
const NONE: readonly string[] = [];

export function useSetNames(): readonly string[] {
  return useQuery(problemSetsQuery).data?.map(({ name }) => name) ?? NONE;
}

/** How many problems the source finds, in words. */
function useCount(keys: Keys): string | undefined {
  const { value } = useDraft();
  const [set = "", version] = textAt(value, [...keys, "problems"]).split("@");
  const split = textAt(value, [...keys, "split"]) === "test" ? "test" : "train";
  const [where] = useDebouncedValue(textAt(value, [...keys, "where"]), ASK_AFTER_MS);
  const sound = set !== "" && parseProblemFilter(where).problems.length === 0;
  const filter = `split:${split} ${where}`.trim();
  const { data } = useQuery(
    sound
      ? queryOf(
          `source-count:${JSON.stringify([set, version, filter])}`,
          ["benchmarks", "results"],
          (options) =>
            host.problems.page(
              {
                set,
                version: version === undefined ? null : Number(version),
                where: filter,
                limit: 1,
              },
              options,
            ),
        )
      : undefined,
  );
  return data === undefined ? undefined : `${plural(data.total, "problem")} found`;
}

function WhereField({ keys }: { readonly keys: Keys }): ReactNode {
  const { value, set, unset, broken } = useDraft();
  const id = useId();
  const place = [...keys, "where"];
  const written = textAt(value, place);
  const [typed, setTyped] = useState(written);
  const [before, setBefore] = useState(written);
  if (written !== before) {
    setBefore(written);
    setTyped(written);
  }
  const { problems } = parseProblemFilter(typed);
  const keep = (): void => {
    const next = typed.trim();
    if (next === written) return;
    if (next === "") unset(place);
    else set(place, next);
  };
  return (
    <div className="fr">
      <div>
        <label className="mono" htmlFor={id}>
          where
        </label>
        <div className="s11 t3" id={`${id}-line`}>
          a filter, e.g. pass_rate:0.1..0.9 tag:algebra
        </div>
      </div>
      <div className="flex">
        <input
          id={id}
          className={problems.length > 0 ? "input mono bad" : "input mono"}
          style={{ width: 224 }}
          spellCheck={false}
          disabled={broken}
          placeholder="all of the side"
          value={typed}
          aria-invalid={problems.length > 0}
          aria-describedby={`${id}-line ${id}-checks`}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={keep}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      </div>
      <FieldChecks
        keys={place}
        id={`${id}-checks`}
        otherwise={
          problems.length === 0 ? undefined : <span className="fc warn">{problems.join("; ")}</span>
        }
      />
    </div>
  );
}

export function SetSource({
  keys,
  stage,
}: {
  readonly keys: Keys;
  readonly stage: string;
}): ReactNode {
  const { value, set } = useDraft();
  const names = useSetNames();
  const count = useCount(keys);
  const split = textAt(value, [...keys, "split"]) === "test" ? "test" : "train";
  return (
    <>
      <TextField
        label="problems"
        line="a problem set; NAME@VERSION keeps to a version"
        keys={[...keys, "problems"]}
        choices={names}
      />
      <div className="fr">
        <div>
          <div className="mono">split</div>
          <div className="s11 t3">which side is asked</div>
        </div>
        <div className="flex">
          <Segments
            label={`Split of ${stage}, ${textAt(value, [...keys, "problems"])}`}
            value={split}
            onChange={(next) => set([...keys, "split"], next)}
            segments={SIDES}
          />
        </div>
        <FieldChecks
          keys={[...keys, "split"]}
          id={`${keys.join("-")}-split`}
          otherwise={
            count === undefined ? undefined : (
              <span className="fc t3" role="status">
                {count}
              </span>
            )
          }
        />
      </div>
      <WhereField keys={keys} />
    </>
  );
}
