/** A stage's options, each on a line of its own: the name, and the value beside it, or below where both have no room. */
import type { ReactNode } from "react";
import type { Run } from "#shared/schema/run.ts";
import { flattenConfig } from "./flatten-config.ts";

function ConfigLine({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function ConfigLines({ run }: { readonly run: Run }): ReactNode {
  return (
    <dl className="mono configlines">
      {flattenConfig(run.config).map(({ key, value }) => (
        <ConfigLine key={key} name={key} value={value} />
      ))}
      <ConfigLine name="seed used" value={String(run.seed)} />
    </dl>
  );
}
