/** Columns that models here and models of the catalogue share: how many weights they have, and how many bytes. */
import { formatBytes, formatCompact } from "#renderer/ui/format.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";

export function weightsColumn<T extends { readonly parameters: number | null }>(
  track: string,
): GridColumn<T> {
  return {
    id: "parameters",
    header: "Weights",
    track,
    numeric: true,
    cell: (model) => formatCompact(model.parameters),
  };
}

export function bytesColumn<T>(
  id: string,
  header: string,
  track: string,
  bytesOf: (model: T) => number,
): GridColumn<T> {
  return { id, header, track, numeric: true, cell: (model) => formatBytes(bytesOf(model)) };
}
