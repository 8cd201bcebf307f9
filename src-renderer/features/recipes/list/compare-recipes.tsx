/** Two recipes side by side: the options in which they differ, and the lines. */
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { OptionDifferences } from "#renderer/ui/pipelines/option-differences.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { nameOf, refOf } from "./recipe-rows.ts";
import type { RecipeRow } from "./recipe-rows.ts";

export interface CompareRecipesProps {
  readonly row: RecipeRow;
  readonly rows: readonly RecipeRow[];
  readonly withKey: string;
  readonly onWith: (key: string) => void;
  readonly onClose: () => void;
}

export function CompareRecipes(props: CompareRecipesProps): ReactNode {
  const { row, rows, onWith, onClose } = props;
  const others = rows.filter(({ key }) => key !== row.key);
  const other = others.find(({ key }) => key === props.withKey) ?? others[0];
  const query = useQuery(
    other === undefined
      ? undefined
      : {
          key: `recipes.compare:${row.key}:${other.key}`,
          topics: ["recipes"],
          fetch: (signal) => host.recipes.compare({ a: refOf(row), b: refOf(other) }, { signal }),
        },
  );
  if (other === undefined) return <p className="empty t2">There is no other recipe.</p>;
  const options = query.data?.options ?? [];
  return (
    <>
      <div className="head">
        <h2 className="ell">{nameOf(row)}</h2>
        <button type="button" className="btn small end" onClick={onClose}>
          Close
        </button>
      </div>
      <label className="flex detailtext">
        <span className="s12 t2">compared with</span>
        <select
          className="input grow"
          value={other.key}
          onChange={(event) => onWith(event.currentTarget.value)}
        >
          {others.map((one) => (
            <option key={one.key} value={one.key}>
              {nameOf(one)}
              {one.type === "preset" ? ", preset" : `, ${one.key}`}
            </option>
          ))}
        </select>
      </label>
      {query.failure !== undefined && <FailureNotice failure={query.failure} />}
      {query.data !== undefined && (
        <>
          <p className="s12 t3 detailtext">
            {options.length === 0
              ? "Every option is the same."
              : `${plural(options.length, "option")} differ; stages are matched by name.`}
          </p>
          <OptionDifferences options={options} a={nameOf(row)} b={nameOf(other)} />
          <div className="head">
            <h2>Lines</h2>
          </div>
          <pre className="out recipetext">
            {query.data.lines.map((line, place) =>
              line.kind === "same" ? (
                <span key={`${String(place)} same`}>{`  ${line.text}\n`}</span>
              ) : line.kind === "a" ? (
                <del key={`${String(place)} a`}>{`− ${line.text}\n`}</del>
              ) : (
                <ins key={`${String(place)} b`}>{`+ ${line.text}\n`}</ins>
              ),
            )}
          </pre>
        </>
      )}
    </>
  );
}
