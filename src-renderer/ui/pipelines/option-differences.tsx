/** Options in which two configurations differ: the path, and both values. */
import type { ReactNode } from "react";
import type { z } from "zod";

type Json = z.infer<ReturnType<typeof z.json>>;

export interface OptionDifference {
  readonly path: string;
  readonly a?: Json | undefined;
  readonly b?: Json | undefined;
}

function shown(value: Json | undefined): ReactNode {
  if (value === undefined) return <span className="t3">not set</span>;
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function OptionDifferences({
  options,
  a,
  b,
}: {
  readonly options: readonly OptionDifference[];
  /** What the two are called. */
  readonly a: string;
  readonly b: string;
}): ReactNode {
  if (options.length === 0) return null;
  return (
    <table className="differences">
      <thead>
        <tr>
          <th>Option</th>
          <th>{a}</th>
          <th>{b}</th>
        </tr>
      </thead>
      <tbody>
        {options.map((one) => (
          <tr key={one.path}>
            <td className="mono break">{one.path.replace(/^stages\./u, "")}</td>
            <td className="mono break">{shown(one.a)}</td>
            <td className="mono break">{shown(one.b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
