/** Options of the stages that made the compared models: those that differ, or all. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import type { ComparedRow } from "#shared/schema/compare.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import { modelKey } from "./compared-models.ts";
import type { ComparedModel } from "./compared-models.ts";

interface OptionRow {
  readonly path: string;
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

/** Every option of any of the rows, with each row's value. A base was not trained, so what it lacks is no difference. */
export function optionRows(
  rows: readonly Pick<ComparedRow, "options" | "lineage">[],
): readonly OptionRow[] {
  const paths = [...new Set(rows.flatMap(({ options }) => Object.keys(options)))];
  return paths.map((path) => {
    const values = rows.map(({ options }) => options[path]);
    const trained = values.filter((_, index) => (rows[index]?.lineage.length ?? 0) > 0);
    return { path, values, differs: new Set(trained).size > 1 };
  });
}

export function ConfigDiff({
  rows,
  models,
}: {
  readonly rows: readonly ComparedRow[];
  readonly models: ReadonlyMap<string, ComparedModel>;
}): ReactNode {
  const [all, setAll] = useFilter("options", "differing");
  const shown = useMemo(() => {
    const seen = new Set<string>();
    return rows
      .filter((row) => !seen.has(modelKey(row)) && seen.add(modelKey(row)) !== undefined)
      .slice(0, 6);
  }, [rows]);
  const options = useMemo(() => optionRows(shown), [shown]);
  const differing = options.filter(({ differs }) => differs);
  const list = all === "all" ? options : differing;
  return (
    <section className="configdiff" aria-label="Options">
      <div className="head bt">
        <h2>Config</h2>
        <span className="note ell">
          {plural(differing.length, "option")} {differing.length === 1 ? "differs" : "differ"},{" "}
          {formatNumber(options.length - differing.length)} equal
        </span>
        <button
          type="button"
          className="btn small end"
          onClick={() => setAll(all === "all" ? "differing" : "all")}
        >
          {all === "all" ? "Show differing" : "Show all"}
        </button>
      </div>
      {list.length > 0 && (
        <div className="scroll" tabIndex={0} role="group" aria-label="Options table">
          <table className="optiontable">
            <thead>
              <tr>
                <th>Option</th>
                {shown.map((row) => {
                  const model = models.get(modelKey(row));
                  return (
                    <th key={row.runId}>
                      {model !== undefined && <Mark tone={model.style} />} {model?.letter}
                    </th>
                  );
                })}
              </tr>
            </thead>
            <tbody>
              {list.map(({ path, values, differs }) => (
                <tr key={path}>
                  <td className="mono">{path}</td>
                  {values.map((value, index) => (
                    <td
                      key={shown[index]?.runId}
                      className={differs ? "mono" : "mono t3"}
                      title={value}
                    >
                      {value ?? <span className="t3">–</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
