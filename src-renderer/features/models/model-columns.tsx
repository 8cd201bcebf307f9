/** The columns of the workspace's models. */
import type { ModelRecord } from "#shared/schema/system.ts";
import { formatWhen } from "#renderer/ui/format.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { bytesColumn, weightsColumn } from "./size-columns.ts";

const ORIGINS: Readonly<Record<ModelRecord["origin"], string>> = {
  "built-in": "built in",
  imported: "got",
  output: "written by a run",
};

/** @param now times read as at this moment. */
export function modelColumns(now: number): readonly GridColumn<ModelRecord>[] {
  return [
    {
      id: "name",
      header: "Model",
      track: "minmax(180px, 1.6fr)",
      cell: (model) => (
        <span className="med mono" title={model.id}>
          {model.name}
        </span>
      ),
    },
    {
      id: "origin",
      header: "From",
      track: "124px",
      cell: (model) => <span className="t2">{ORIGINS[model.origin]}</span>,
    },
    {
      id: "architecture",
      header: "Architecture",
      track: "minmax(110px, 0.8fr)",
      cell: (model) => <span className="mono t2">{model.architecture}</span>,
    },
    {
      id: "license",
      header: "Licence",
      track: "minmax(96px, 0.6fr)",
      wideOnly: true,
      cell: (model) => <span className="t2">{model.license ?? ""}</span>,
    },
    weightsColumn("88px"),
    bytesColumn("size", "Size", "88px", (model) => model.bytes),
    {
      id: "when",
      header: "Since",
      track: "108px",
      numeric: true,
      cell: (model) => <span className="t3">{formatWhen(model.createdAtMs, now)}</span>,
    },
  ];
}
