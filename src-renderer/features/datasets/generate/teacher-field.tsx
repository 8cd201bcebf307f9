/** Who writes the samples: a model of the workspace, or an endpoint of the settings. */
import type { ReactNode } from "react";
import { endpointsQuery, modelsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Labelled } from "#renderer/ui/fields/labelled.tsx";
import { ENDPOINT } from "./generate-choice.ts";

/** The first of all that can be asked; undefined where there is none. */
export function useFirstTeacher(): string | undefined {
  const model = useQuery(modelsQuery).data?.[0];
  const endpoint = useQuery(endpointsQuery).data?.[0];
  return model?.name ?? (endpoint === undefined ? undefined : `${ENDPOINT}${endpoint.id}`);
}

export interface TeacherFieldProps {
  readonly teacher: string | undefined;
  readonly onChange: (teacher: string) => void;
}

export function TeacherField({ teacher, onChange }: TeacherFieldProps): ReactNode {
  const models = useQuery(modelsQuery).data ?? [];
  const endpoints = useQuery(endpointsQuery).data ?? [];
  return (
    <Labelled layout="beside" label="Teacher">
      <select
        className="input mono"
        value={teacher ?? ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <optgroup label="Models of the workspace">
          {models.map((model) => (
            <option key={model.id} value={model.name}>
              {model.name}
            </option>
          ))}
        </optgroup>
        <optgroup label="Endpoints of the settings">
          {endpoints.map(({ id, name, model }) => (
            <option key={id} value={`${ENDPOINT}${id}`}>
              {name}, {model}
            </option>
          ))}
        </optgroup>
      </select>
    </Labelled>
  );
}
