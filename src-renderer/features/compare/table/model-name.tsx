/** A compared model: its mark, its letter and its name. */
import type { ReactNode } from "react";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import type { ComparedModel } from "../compared-models.ts";

export function ModelName({
  model,
}: {
  readonly model: Pick<ComparedModel, "style" | "letter" | "label"> | undefined;
}): ReactNode {
  if (model === undefined) return null;
  return (
    <span className="modelname">
      <Mark tone={model.style} />
      <span className="med">
        {model.letter} {model.label}
      </span>
    </span>
  );
}
