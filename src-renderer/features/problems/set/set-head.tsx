/** A set's name, version and size, and what can be done with it. */
import type { ReactNode } from "react";
import type { ProblemSetVersion } from "#shared/schema/problem-set.ts";
import { plural } from "#renderer/ui/format.ts";
import { splitsText, verifiersText } from "../set-words.ts";
import type { SetPlace } from "./set-place.ts";

export interface SetHeadProps {
  readonly place: SetPlace;
  /** Undefined before the first answer. */
  readonly version: ProblemSetVersion | undefined;
  readonly versions: readonly ProblemSetVersion[];
  /** The buttons. */
  readonly children: ReactNode;
}

export function SetHead({ place, version, versions, children }: SetHeadProps): ReactNode {
  return (
    <div className="screenhead sethead">
      <h1 className="ell">{place.name}</h1>
      {versions.length > 1 && version !== undefined && (
        <select
          className="input mono"
          aria-label="Version"
          value={String(version.version)}
          onChange={(event) => {
            const chosen = Number(event.currentTarget.value);
            place.setVersion(chosen === versions[0]?.version ? null : chosen);
          }}
        >
          {versions.map((one) => (
            <option key={one.version} value={String(one.version)}>
              v{one.version}
              {one === versions[0] ? ", newest" : ""}
            </option>
          ))}
        </select>
      )}
      {version !== undefined && (
        <span className="s12 t3 ell opt">
          {plural(version.statistics.problems, "problem")}, {splitsText(version.statistics)}, judged
          by <span className="mono">{verifiersText(version.statistics)}</span>
        </span>
      )}
      <span className="end flex">{children}</span>
    </div>
  );
}
