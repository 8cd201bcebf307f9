/** Who samples a stage's solutions: a model of the recipe, or somebody else's behind an endpoint. */
import type { ReactNode } from "react";
import { endpointsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../document/draft-value.ts";
import { getValue, isMap } from "../document/plain-value.ts";
import type { Keys } from "../document/plain-value.ts";
import { CapField } from "../fields/cap-field.tsx";
import { TextField } from "../fields/text-field.tsx";

export interface TeacherFieldProps {
  /** Of the stage. */
  readonly at: Keys;
  /** A student has a teacher in any case; rejection sampling samples its own model without one. */
  readonly kind: "distill" | "rejection-sampling";
  readonly models: readonly string[];
}

export function TeacherField({ at, kind, models }: TeacherFieldProps): ReactNode {
  const { value, set, unset, broken } = useDraft();
  const endpoints = useQuery(endpointsQuery).data ?? [];
  const keys = [...at, "teacher"];
  const isEndpoint = isMap(getValue(value, keys));
  const own = kind === "distill" ? "a model" : "its own model";
  const choose = (next: "model" | "endpoint"): void => {
    if (next === "endpoint") set(keys, { endpoint: endpoints[0]?.name ?? "my-endpoint" });
    else if (kind === "distill") set(keys, models[0] ?? "base");
    else unset(keys);
  };
  return (
    <>
      <div className="sectext flex">
        <span className="s12 t2">Solutions are sampled by</span>
        <Segments
          label="Who samples the solutions"
          slim
          value={isEndpoint ? "endpoint" : "model"}
          onChange={(next) => {
            if (!broken) choose(next);
          }}
          segments={[
            { value: "model", label: own },
            { value: "endpoint", label: "an endpoint" },
          ]}
        />
        {isEndpoint && endpoints.length === 0 && (
          <span className="s12 t3">No endpoint yet: Settings → Endpoints adds one.</span>
        )}
      </div>
      {!isEndpoint && kind === "distill" && (
        <TextField label="teacher" line="who samples the solutions" keys={keys} choices={models} />
      )}
      {isEndpoint && (
        <>
          <TextField
            label="endpoint"
            line="of the settings, by its name"
            keys={[...keys, "endpoint"]}
            choices={endpoints.map(({ name }) => name)}
          />
          <TextField
            label="model"
            line="as its server calls it; by default the endpoint’s"
            keys={[...keys, "model"]}
            choices={endpoints.map(({ model }) => model)}
          />
          <CapField keys={[...keys, "cap"]} />
        </>
      )}
    </>
  );
}
