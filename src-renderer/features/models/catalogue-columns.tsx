/** The columns of the catalogue. */
import type { CatalogueEntry } from "#shared/schema/model.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { FITS } from "./model-fits.ts";
import { bytesColumn, weightsColumn } from "./size-columns.ts";

export const CATALOGUE_COLUMNS: readonly GridColumn<CatalogueEntry>[] = [
  {
    id: "name",
    header: "Model",
    track: "minmax(200px, 1.4fr)",
    cell: (model) => (
      <>
        <span className="med mono">{model.id}</span>
        {model.modelId !== null && <span className="tag here">here</span>}
      </>
    ),
  },
  {
    id: "kind",
    header: "Kind",
    track: "84px",
    wideOnly: true,
    cell: (model) => <span className="t2">{model.kind}</span>,
  },
  weightsColumn("72px"),
  bytesColumn("download", "Download", "84px", (model) => model.downloadBytes),
  {
    id: "license",
    header: "Licence",
    track: "minmax(104px, 0.6fr)",
    cell: (model) => <span className="t2">{model.license}</span>,
  },
  {
    id: "fit",
    header: "On this machine",
    track: "142px",
    cell: (model) => (
      <span className={model.fit === "too-large" ? "t3" : "t2"}>
        <Glyph name={FITS[model.fit].glyph} /> {FITS[model.fit].word}
      </span>
    ),
  },
];
